import { expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { runGit } from '../../../src/git/git.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type ViewerName, viewers, type World } from '../../support/world.ts'
import { git, remoteOf } from '../git/git-client.ts'
import { encoded, rest } from './client.ts'

const app = useApp()

const remove = (world: World, tag: string, viewer: ViewerName = 'maintainer', headers: Record<string, string> = {}) =>
  rest(app, 'DELETE', `/projects/${world.project.id}/repository/tags/${encoded(tag)}`, {
    token: world.tokens[viewer],
    headers,
  })

const tagsOf = async ({ project }: World) =>
  (await runGit(app.repositories.directory(project.id), ['for-each-ref', '--format=%(refname:lstrip=2)', 'refs/tags/']))
    .split('\n')
    .filter(Boolean)

const worldWith = (...tags: string[]) =>
  createWorld(app, { project: { visibility: 'private' }, repository: { tags: ['v1.0.0', ...tags] } })

test('a deleted tag is gone with its release, and both deletions are recorded as a push records them', async () => {
  const world = await worldWith('lib/v2')
  const answer = await remove(world, 'lib/v2', 'developer')
  expect([answer.status, answer.body]).toEqual([204, null])
  expect(await tagsOf(world)).toEqual(['v1.0.0'])
  expect((await remove(world, 'v1.0.0')).status).toBe(204)
  expect(await tagsOf(world)).toEqual([])
  expect(await db.release.count({ where: { projectId: world.project.id } })).toBe(0)
  const events = await db.auditEvent.findMany({ where: { projectId: world.project.id }, orderBy: { id: 'asc' } })
  expect(events.map(({ eventType, message, authorId }) => [eventType, message, authorId])).toEqual([
    ['repository_pushed', 'Pushed: deleted tag lib/v2', world.users.developer.id],
    ['repository_pushed', 'Pushed: deleted tag v1.0.0', world.users.maintainer.id],
    ['release_deleted_audit_event', 'Deleted release v1.0.0', world.users.maintainer.id],
  ])
})

test('a tag can be deleted by viewers who may push its deletion, and by nobody else', async () => {
  for (const viewer of viewers) {
    const world = await worldWith('free', 'guarded')
    await db.protectedTag.create({
      data: { projectId: world.project.id, name: 'guarded', accessLevels: { create: { accessLevel: 40 } } },
    })
    const expected = {
      ...{ anonymous: [404, 404, 404, 404], stranger: [404, 404, 404, 404], guest: [403, 403, 403, 403] },
      ...{ planner: [403, 403, 403, 403], reporter: [403, 403, 403, 403], developer: [204, 403, 403, 404] },
      ...{ maintainer: [204, 204, 204, 404], owner: [204, 204, 204, 404] },
    }[viewer]
    const statuses: number[] = []
    for (const tag of ['free', 'guarded', 'v1.0.0', 'none']) statuses.push((await remove(world, tag, viewer)).status)
    expect([viewer, statuses]).toEqual([viewer, expected])
    const left = ['free', 'guarded', 'v1.0.0'].filter((_, at) => statuses[at] !== 204)
    expect(await tagsOf(world)).toEqual(left)
  }
})

test('a refusal says whether a tag is protected or missing', async () => {
  const world = await worldWith()
  const refused = await remove(world, 'v1.0.0', 'developer')
  expect([refused.status, refused.body]).toEqual([
    403,
    { message: expect.stringContaining('needs the role Maintainer') },
  ])
  for (const tag of ['none', 'v1', 'HEAD', '-d', 'a b', '..x', 'v1.0.0/x']) {
    const { status, body } = await remove(world, tag)
    expect([tag, status, body]).toEqual([tag, 404, { message: '404 Tag Not Found' }])
  }
  expect(await tagsOf(world)).toEqual(['v1.0.0'])
  const bare = await create.createProject()
  await create.addMember({ project: bare }, world.users.owner, 'owner')
  const { status } = await rest(app, 'DELETE', `/projects/${bare.id}/repository/tags/v1`, { token: world.tokens.owner })
  expect(status).toBe(503)
})

test('a tag whose commit was written after the time that the client names stays', async () => {
  const world = await worldWith()
  const late = await remove(world, 'v1.0.0', 'maintainer', { 'if-unmodified-since': 'Mon, 01 Jan 2024 00:00:00 GMT' })
  expect(late.status).toBe(412)
  expect(await tagsOf(world)).toEqual(['v1.0.0'])
  const now = await remove(world, 'v1.0.0', 'maintainer', { 'if-unmodified-since': new Date().toUTCString() })
  expect(now.status).toBe(204)
})

test('a tag of anything can be deleted', async () => {
  const world = await worldWith()
  const dir = app.repositories.directory(world.project.id)
  const blob = (await runGit(dir, ['hash-object', '-w', '--stdin'], { input: 'x' })).trim()
  await runGit(dir, ['update-ref', 'refs/tags/blob', blob])
  expect((await remove(world, 'blob', 'developer')).status).toBe(204)
  expect(await tagsOf(world)).toEqual(['v1.0.0'])
})

test('a token that may only read deletes nothing', async () => {
  const world = await worldWith('free')
  const token = await create.tokenFor(world.users.owner, ['read_api'])
  const { status } = await rest(app, 'DELETE', `/projects/${world.project.id}/repository/tags/free`, { token })
  expect([status, await tagsOf(world)]).toEqual([403, ['free', 'v1.0.0']])
})

test('a tag that is in the way is named by every door that makes tags, to viewers who may read tags', async () => {
  const world = await worldWith('lib/v1')
  const make = (tag: string, viewer: ViewerName = 'developer') =>
    rest(app, 'POST', `/projects/${world.project.id}/repository/tags`, {
      token: world.tokens[viewer],
      json: { tag_name: tag, ref: 'main' },
    })
  const release = (tag: string, viewer: ViewerName = 'developer') =>
    rest(app, 'POST', `/projects/${world.project.id}/releases`, {
      token: world.tokens[viewer],
      json: { tag_name: tag, ref: 'main' },
    })
  for (const [tag, other] of [
    ['v1.0.0/b', 'v1.0.0'],
    ['v1.0.0/b/c', 'v1.0.0'],
    ['lib', 'lib/v1'],
  ] as const) {
    const body = { message: `Tag name invalid: the tag ${other} is in the way of ${tag}` }
    for (const answer of [await make(tag), await release(tag)])
      expect([answer.status, answer.body]).toEqual([400, body])
    for (const answer of [await make(tag, 'guest'), await release(tag, 'guest')]) {
      expect([answer.status, answer.text.includes(other)]).toEqual([403, false])
    }
  }
  const remote = remoteOf(app, world, world.tokens.developer)
  const dir = app.repositories.directory(world.project.id)
  await runGit(dir, ['update-ref', 'refs/heads/topic', 'main'])
  for (const [ref, other] of [
    ['refs/tags/v1.0.0/b', 'refs/tags/v1.0.0'],
    ['refs/heads/topic/one', 'refs/heads/topic'],
  ]) {
    const push = await git(dir, 'push', remote, `main:${ref}`)
    expect([push.code, push.stderr.includes(`'${other}' exists`)]).toEqual([1, true])
  }
  expect(await tagsOf(world)).toEqual(['lib/v1', 'v1.0.0'])
  expect(await db.release.count({ where: { projectId: world.project.id } })).toBe(1)
})
