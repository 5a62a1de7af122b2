// Tags and branches are made and deleted in pages by the rules of a push.
import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import { createWorld, type ViewerName, type World } from '../../support/world.ts'
import { rest } from '../rest/client.ts'
import { type Visitor, visitor } from './forms.ts'

const app = useApp()

let world: World
const people = {} as Record<Exclude<ViewerName, 'anonymous'>, Visitor>
beforeAll(async () => {
  const repository = { tags: ['v1.0.0', 'old', 'kept'], branches: ['spare'] }
  world = await createWorld(app, { project: { visibility: 'private' }, repository })
  for (const name of ['guest', 'reporter', 'developer', 'maintainer'] as const) {
    people[name] = await visitor(app, world, world.tokens[name] ?? '')
  }
  const json = { name: 'kept', create_access_level: 40 }
  await rest(app, 'POST', `/projects/${world.project.id}/protected_tags`, { token: world.tokens.owner, json })
})

const urlOf = (path: string) => `${app.url}/${world.project.fullPath}/-/${path}`
const has = async (kind: 'tags' | 'branches', name: string) => {
  const path = `/projects/${world.project.id}/repository/${kind}/${encodeURIComponent(name)}`
  return (await rest(app, 'GET', path, { token: world.tokens.owner })).status === 200
}

describe('tags', () => {
  test('a Developer makes an annotated tag, and deletes it', async () => {
    const { open, send } = people.developer
    expect((await open('tags')).text).toContain(urlOf('create-tag'))
    expect((await open('create-tag')).text).toContain('value="main"')
    const made = await send('create-tag', { name: 'fix/one', ref: 'main', message: 'Words' })
    expect([made.status, made.location]).toEqual([303, urlOf('tags/fix%2Fone')])
    const page = (await open('tags/fix%2Fone')).text
    expect(page).toContain('Words')
    expect(page).toContain(urlOf('delete-tag?name=fix%2Fone'))
    expect((await open('delete-tag?name=fix%2Fone')).text).toContain('Delete fix/one')
    const gone = await send('delete-tag?name=fix%2Fone')
    expect([gone.status, gone.location, await has('tags', 'fix/one')]).toEqual([303, urlOf('tags'), false])
  })

  test('a broken rule shows the form again', async () => {
    const { send } = people.developer
    for (const fields of [
      { name: 'a b', ref: 'main' },
      { name: 'fine', ref: 'missing' },
      { name: 'old', ref: 'main' },
    ]) {
      const refused = await send('create-tag', fields)
      expect([fields.name, refused.status, refused.text.includes('role="alert"')]).toEqual([fields.name, 400, true])
    }
    expect((await send('create-branch', { name: 'a..b', ref: 'main' })).text).toContain('Branch name is invalid')
  })

  test('a tag with a release, and a protected tag, are deleted by Maintainers alone', async () => {
    for (const name of ['v1.0.0', 'kept']) {
      const path = `delete-tag?name=${name}`
      expect((await people.developer.open(`tags/${name}`)).text).not.toContain(path)
      expect([name, (await people.developer.open(path)).status]).toEqual([name, 404])
      expect([name, (await people.developer.send(path)).status]).toEqual([name, 403])
      expect(await has('tags', name)).toBe(true)
      expect((await people.maintainer.open(`tags/${name}`)).text).toContain(path)
      expect([name, (await people.maintainer.send(path)).status]).toEqual([name, 303])
      expect(await has('tags', name)).toBe(false)
    }
    expect(await db.release.count({ where: { projectId: world.project.id } })).toBe(0)
  })

  test('nobody without the right to write code is offered a form, and none of theirs is taken', async () => {
    for (const name of ['guest', 'reporter'] as const) {
      const { open, send } = people[name]
      for (const [path, fields] of [
        ['create-tag', { name: 'theirs', ref: 'main' }],
        ['create-branch', { name: 'theirs', ref: 'main' }],
        ['delete-tag?name=old', {}],
        ['delete-branch?name=spare', {}],
      ] as [string, Record<string, string>][]) {
        expect([name, path, (await open(path)).status, (await send(path, fields)).status]).toEqual([
          name,
          path,
          404,
          404,
        ])
      }
    }
    const shown = (await people.reporter.open('branches')).text + (await people.reporter.open('tags')).text
    expect(shown).not.toMatch(/create-|delete-/)
    expect([await has('tags', 'old'), await has('branches', 'spare'), await has('branches', 'theirs')]).toEqual([
      ...[true, true, false],
    ])
  })
})

test('a Developer makes a branch and deletes it, and the default branch stays', async () => {
  const { open, send } = people.developer
  expect((await send('create-branch', { name: 'work#1', ref: 'main' })).location).toBe(urlOf('branches'))
  expect((await open('branches')).text).toContain(urlOf('delete-branch?name=work%231'))
  expect((await open('delete-branch?name=work%231')).text).toContain('Delete work#1')
  expect((await send('delete-branch?name=work%231')).status).toBe(303)
  expect(await has('branches', 'work#1')).toBe(false)
  expect((await open('delete-branch?name=main')).status).toBe(404)
  expect((await send('delete-branch?name=main')).status).toBe(400)
  expect((await send('delete-branch?name=missing')).status).toBe(404)
  expect(await has('branches', 'main')).toBe(true)
})
