// What a copy of a release shows, compared with the release at the source by the doors of both.
import { expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { work } from '../../jobs/job-world.ts'
import { useApp } from '../../support/app.ts'
import { emptyTarget, fullSource, importFrom, type Side, written } from './import-world.ts'

const app = useApp({ rateLimits: null, allowedPrivateAddresses: ['0.0.0.0/0', '::/0'] })

async function ask<Answer>({ project, token }: Side, path: string, body?: object): Promise<Answer> {
  const answer = await fetch(`${app.url}/api/v4/projects/${project.id}/${path}`, {
    headers: { 'private-token': token, 'content-type': 'application/json' },
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
  })
  expect(answer.ok).toBe(true)
  return answer.json() as Promise<Answer>
}

test('the links of a release come along in their order', async () => {
  const source = await fullSource(app)
  const target = await emptyTarget(app)
  await work(app)
  for (const name of ['first', 'second', 'third']) {
    await ask(source, 'releases/v1/assets/links', { name, url: `https://files.example.com/${name}` })
  }
  await importFrom(app, app, source, target)
  const namesOf = async (side: Side) => {
    const links = await ask<{ name: string }[]>(side, 'releases/v1/assets/links')
    return links.map(({ name }) => name)
  }
  expect(await namesOf(source)).toEqual(['third', 'second', 'first', 'manual', 'app'])
  expect(await namesOf(target)).toEqual(await namesOf(source))

  // A link that is added there is the newest here, too.
  await ask(source, 'releases/v1/assets/links', { name: 'fourth', url: 'https://files.example.com/fourth' })
  await importFrom(app, app, source, target)
  expect(await namesOf(target)).toEqual(await namesOf(source))
  expect(written(await importFrom(app, app, source, target))).toMatchObject({ RELEASE: '0 0 3' })
})

test('what people said of prereleases and the latest release comes along from a Waybill, and drafts are named as left', async () => {
  const source = await fullSource(app)
  const target = await emptyTarget(app)
  await work(app)
  for (const tag_name of ['v4.0.0-rc.1', 'v4.0.0-rc.2', 'v4.0.0']) {
    await ask(source, 'releases', {
      tag_name,
      ref: 'main',
      ...(tag_name === 'v4.0.0-rc.2' ? { prerelease: false } : {}),
    })
  }
  await ask(source, 'releases', { tag_name: 'v5.0.0', ref: 'main', prerelease: true })
  await ask(source, 'releases', { tag_name: 'v0.1.0', ref: 'main', make_latest: 'yes' })
  await ask(source, 'releases', { tag_name: 'v6', ref: 'main', draft: true })
  const marksOf = async ({ project }: Side) => {
    const rows = await db.release.findMany({ where: { projectId: project.id }, include: { latestOf: true } })
    return Object.fromEntries(
      rows.map(({ tag, prereleaseMark, latestOf }) => [tag, [prereleaseMark, latestOf !== null]]),
    )
  }
  const first = await importFrom(app, app, source, target)
  expect(first.left).toEqual(['Drafts: publish them at the source, and import again, or make them anew here: v6'])
  expect(await marksOf(target)).toEqual(await marksOf(source))
  // What the version says is nobody's word, which everybody would see.
  expect(await marksOf(target)).toMatchObject({
    'v4.0.0-rc.1': [null, false],
    'v4.0.0-rc.2': [false, false],
    'v5.0.0': [true, false],
    'v0.1.0': [null, true],
  })
  const where = { projectId_tag: { projectId: source.project.id, tag: 'v5.0.0' } }
  await db.release.update({ where, data: { prereleaseMark: null, prerelease: false } })
  expect(written(await importFrom(app, app, source, target))).toMatchObject({ RELEASE: '0 1 7' })
  expect(await marksOf(target)).toEqual(await marksOf(source))
})
