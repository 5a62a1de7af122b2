import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type ViewerName, type World } from '../../support/world.ts'
import { encoded, rest } from './client.ts'

const app = useApp()

let world: World
let project: string
beforeAll(async () => {
  world = await createWorld(app, {
    project: { visibility: 'private' },
    repository: {
      commits: 3,
      tags: [{ name: 'v1.0.0' }, { name: 'lib/v2', commit: 0 }, { name: 'notes', commit: 1, message: 'Noted' }],
      branches: [{ name: 'feature/a', commit: 0 }],
    },
  })
  project = `/projects/${encoded(world.project.fullPath)}`
})

const get = (path: string, viewer: ViewerName = 'developer') =>
  rest(app, 'GET', `${project}${path}`, { token: world.tokens[viewer] })
const post = (path: string, json: unknown, viewer: ViewerName = 'developer') =>
  rest(app, 'POST', `${project}${path}`, { token: world.tokens[viewer], json })

const names = ({ body }: { body: { name: string }[] }) => body.map(({ name }) => name)

test('a project shows what the viewer may do with it', async () => {
  await create.addMember({ group: world.group }, world.users.reporter, 'maintainer')
  const access = (level: number) => ({ access_level: level, notification_level: 3 })
  const { body } = await get('')
  expect(body).toMatchObject({
    id: world.project.id,
    path_with_namespace: world.project.fullPath,
    default_branch: 'main',
    visibility: 'private',
    web_url: `${app.url}/${world.project.fullPath}`,
    http_url_to_repo: `${app.url}/${world.project.fullPath}.git`,
    namespace: { id: world.group.id, kind: 'group', full_path: world.group.fullPath },
    permissions: { project_access: access(30), group_access: null },
  })
  expect((await get('', 'reporter')).body.permissions).toEqual({ project_access: access(20), group_access: access(40) })
  expect((await get('', 'guest')).body.default_branch).toBeUndefined()
  await db.user.update({ where: { id: world.users.stranger.id }, data: { admin: true } })
  expect((await get('', 'stranger')).body.permissions.project_access).toEqual(access(50))
  await db.user.update({ where: { id: world.users.stranger.id }, data: { admin: false } })
})

test('a project without a credential has no permissions, and hides the name of a hidden group', async () => {
  const { project, group } = await createWorld(app)
  await db.group.update({ where: { id: group.id }, data: { visibility: 'private', name: 'Secret name' } })
  const { body, text } = await rest(app, 'GET', `/projects/${project.id}`)
  expect(body.permissions).toBeUndefined()
  expect(text).not.toContain('Secret name')
})

test('a project shows a long description whole', async () => {
  const description = 'Long. '.repeat(5_000)
  const { id } = await create.createProject({ description })
  expect((await rest(app, 'GET', `/projects/${id}`)).body.description).toBe(description)
})

test('the members of the groups above count as members, each once with the highest role', async () => {
  const { users, group } = world
  await create.addMember({ group }, users.stranger, 'guest')
  const { body } = await get('/members/all?per_page=100')
  const levels = Object.fromEntries(
    body.map((member: { id: number; access_level: number }) => [member.id, member.access_level]),
  )
  expect(levels).toMatchObject({ [users.guest.id]: 10, [users.reporter.id]: 40, [users.stranger.id]: 10 })
  expect(body).toHaveLength(7)
  const single = await get(`/members/all/${users.owner.id}`)
  expect(single.body).toMatchObject({ username: users.owner.username, access_level: 50, expires_at: null })
  expect((await get('/members/all/999999')).status).toBe(404)
})

test('an expired membership does not count', async () => {
  const of = await createWorld(app)
  const expiresAt = new Date(Date.now() - 1000)
  await db.projectMember.updateMany({ where: { userId: of.users.reporter.id }, data: { expiresAt } })
  const data = { userId: of.users.stranger.id, groupId: of.group.id, role: 30, expiresAt }
  await db.groupMember.create({ data })
  const path = `/projects/${of.project.id}/members/all`
  const { body } = await rest(app, 'GET', path, { token: of.tokens.owner })
  const names = body.map(({ username }: { username: string }) => username)
  expect(names).toContain(of.users.guest.username)
  for (const { id, username } of [of.users.reporter, of.users.stranger]) {
    expect(names).not.toContain(username)
    expect((await rest(app, 'GET', `${path}/${id}`, { token: of.tokens.owner })).status).toBe(404)
  }
})

test("the viewer sees the viewer's own account", async () => {
  const { body } = await rest(app, 'GET', '/user', { token: world.tokens.guest })
  const { id, username, email } = world.users.guest
  expect(body).toMatchObject({ id, username, email, state: 'active', web_url: `${app.url}/${username}` })
  expect(body.is_admin).toBeUndefined()
})

describe('tags', () => {
  test('tags come newest first, or in the order asked for', async () => {
    expect(names(await get('/repository/tags'))).toEqual(['v1.0.0', 'notes', 'lib/v2'])
    expect(names(await get('/repository/tags?order_by=name&sort=asc'))).toEqual(['lib/v2', 'notes', 'v1.0.0'])
    expect(names(await get('/repository/tags?search=^lib'))).toEqual(['lib/v2'])
    expect(names(await get('/repository/tags?search=s%24'))).toEqual(['notes'])
    const { headers } = await get('/repository/tags?per_page=2')
    expect([headers.get('x-total'), headers.get('x-next-page')]).toEqual(['3', '2'])
  })

  test('tags show their commit, message, release and protection', async () => {
    await db.protectedTag.create({
      data: { projectId: world.project.id, name: 'notes', accessLevels: { create: { accessLevel: 0 } } },
    })
    expect((await get('/repository/tags/notes')).body).toMatchObject({
      name: 'notes',
      message: 'Noted',
      release: null,
      protected: true,
      created_at: '2024-01-01T01:20:00.000+00:00',
      commit: { title: 'Commit 1' },
    })
    expect((await get('/repository/tags/v1.0.0')).body).toMatchObject({
      message: '',
      target: world.release.sha,
      release: { tag_name: 'v1.0.0', description: '# Notes\n\nIt works.' },
      protected: false,
      created_at: null,
    })
    expect((await get('/repository/tags/lib%2Fv2')).body.name).toBe('lib/v2')
    expect((await get('/repository/tags/none')).body).toEqual({ message: '404 Tag Not Found' })
  })

  test('tags are made by developers, unless the tags are protected', async () => {
    const made = await post('/repository/tags', { tag_name: 'made/1', ref: 'main', message: 'Made' })
    expect([made.status, made.body.name, made.body.message]).toEqual([201, 'made/1', 'Made'])
    const event = await db.auditEvent.findFirstOrThrow({ orderBy: { id: 'desc' } })
    expect([event.eventType, event.targetDetails]).toEqual(['repository_tag_created', 'made/1'])
    expect((await post('/repository/tags', { tag_name: 'made/2', ref: 'main' }, 'guest')).status).toBe(403)
    const refusals: [object, number, object][] = [
      [{ tag_name: 'made/1', ref: 'main' }, 400, { message: 'Tag made/1 already exists' }],
      [{ tag_name: 'made/2' }, 400, { error: 'ref is missing' }],
      [{ tag_name: 'made/2', ref: 'nowhere' }, 400, { message: 'Target nowhere is invalid' }],
      [{ tag_name: 'a b', ref: 'main' }, 400, { message: 'Tag name invalid' }],
      [{ tag_name: 'notes', ref: 'main' }, 403, { message: expect.stringContaining('protected') }],
    ]
    for (const [json, status, body] of refusals) {
      const answer = await post('/repository/tags', json)
      expect([answer.status, answer.body]).toEqual([status, body])
    }
  })
})

test('branches and commits are shown by any of their names', async () => {
  const { body } = await get('/repository/branches')
  expect(body.map((branch: { name: string; default: boolean }) => [branch.name, branch.default])).toEqual([
    ['feature/a', false],
    ['main', true],
  ])
  for (const name of ['feature/a', 'feature%2Fa']) {
    expect((await get(`/repository/branches/${name}`)).body).toMatchObject({ name: 'feature/a', can_push: true })
  }
  expect((await get('/repository/branches/none')).status).toBe(404)
  const sha = world.release.sha ?? ''
  for (const name of [sha, sha.slice(0, 8), 'main', 'v1.0.0']) {
    expect((await get(`/repository/commits/${name}`)).body).toMatchObject({ id: sha, title: 'Commit 2' })
  }
  expect((await get('/repository/commits/none')).body).toEqual({ message: '404 Commit Not Found' })
  expect((await get('/repository/commits/main/merge_requests')).body).toEqual([])
})

test('a project whose repository is missing says so', async () => {
  const bare = await create.createProject()
  const { status, body } = await rest(app, 'GET', `/projects/${bare.id}/repository/tags`)
  expect([status, body]).toEqual([404, { message: '404 Repository Not Found' }])
  expect((await rest(app, 'GET', `/projects/${bare.id}`)).body.default_branch).toBeNull()
})
