// What a copy of a release shows, compared with the release at the source by the doors of both.
import { expect, test } from 'vitest'
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
