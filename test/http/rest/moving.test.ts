import { beforeEach, describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, viewers, type World } from '../../support/world.ts'
import { encoded, rest } from './client.ts'

const app = useApp()

let world: World
beforeEach(async () => {
  world = await createWorld(app, { project: { visibility: 'private' } })
})

const put = (path: string, json: object, token = world.tokens.owner, headers = {}) =>
  rest(app, 'PUT', path, { token, json, headers })
const project = () => `/projects/${encoded(world.project.fullPath)}`

describe('PUT /projects/:id', () => {
  test('a project gets another path and name, and is shown with them', async () => {
    const { status, body } = await put(project(), { name: 'New', path: 'new', description: null, visibility: 'public' })
    expect([status, body]).toMatchObject([
      200,
      {
        id: world.project.id,
        name: 'New',
        path: 'new',
        path_with_namespace: `${world.group.fullPath}/new`,
        web_url: `${app.url}/${world.group.fullPath}/new`,
        default_branch: 'main',
        description: null,
        visibility: 'public',
      },
    ])
    expect(await put(project(), { name: 'Again' })).toMatchObject({ status: 405 })
  })

  test('the topics of a project are replaced, as a list or as a text with commas', async () => {
    expect((await put(project(), { topics: ['lamps', 'boats'] })).body).toMatchObject({ topics: ['lamps', 'boats'] })
    expect((await put(project(), { topics: 'buoys, boats' })).body).toMatchObject({ topics: ['buoys', 'boats'] })
    expect((await put(project(), { topics: [] })).body).toMatchObject({ topics: [] })
    expect(await put(project(), { topics: ['a', 'a'] })).toMatchObject({
      status: 400,
      body: { message: 'Topics must differ' },
    })
  })

  test('the levels of the features change', async () => {
    const levels = {
      issues_access_level: 'disabled',
      releases_access_level: 'private',
      repository_access_level: 'enabled',
    }
    expect((await put(project(), { ...levels, merge_requests_access_level: 'disabled' })).body).toMatchObject(levels)
  })

  test('a wrong or taken path, a missing branch and an empty request are 400', async () => {
    const other = await create.createProject({ groupId: world.group.id })
    const refusals = [
      [{ path: other.path.toUpperCase() }, { message: { path: ['has already been taken'] } }],
      [{ path: 'a/b' }, { message: expect.stringContaining("The path 'a/b' may only hold") }],
      [{ default_branch: 'none' }, { message: "The branch 'none' does not exist" }],
      [{ name: ' ' }, { message: "Name can't be blank" }],
      [{}, { error: expect.stringMatching(/^name, path, .* are missing, at least one parameter must be provided$/) }],
    ] as const
    for (const [json, body] of refusals) expect(await put(project(), json)).toMatchObject({ status: 400, body })
  })

  test('a request that is repeated with its key gets its first answer, though the project has another path by now', async () => {
    const headers = { 'idempotency-key': 'rename' }
    const first = await put(project(), { path: 'renamed' }, world.tokens.owner, headers)
    const again = await put(project(), { path: 'renamed' }, world.tokens.owner, headers)
    expect([again.status, again.body, again.headers.get('idempotency-replayed')]).toEqual([200, first.body, 'true'])
    expect((await put(project(), { path: 'other' }, world.tokens.owner, { 'idempotency-key': 'new' })).status).toBe(405)
  })

  test('an attempt that died after it had renamed the project is completed when it is repeated with its key', async () => {
    const headers = { 'idempotency-key': 'dies' }
    const send = () => put(project(), { path: 'after-a-death' }, world.tokens.owner, headers)
    // The answer cannot be kept, as when the process ends before it.
    await db.$executeRaw`CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''fails''; END'`
    await db.$executeRaw`CREATE TRIGGER fails BEFORE UPDATE OF response ON idempotency_records
      FOR EACH ROW WHEN (NEW.response IS NOT NULL) EXECUTE FUNCTION fails()`
    const first = await send()
    await db.$executeRaw`DROP TRIGGER fails ON idempotency_records`
    await db.$executeRaw`DROP FUNCTION fails`
    await db.$executeRaw`UPDATE idempotency_records SET holder = 0`
    expect(await db.project.findUniqueOrThrow({ where: { id: world.project.id } })).toMatchObject({
      path: 'after-a-death',
    })
    const again = await send()
    expect([first.status, again.status, again.body]).toEqual([200, 200, first.body])
  })

  test.each(viewers)('PUT /projects/:id answers %s by its role', async (viewer) => {
    const expected = { anonymous: 404, stranger: 404, maintainer: 200, owner: 200 }[viewer as string] ?? 403
    expect((await put(project(), { path: 'by-role' }, world.tokens[viewer])).status).toBe(expected)
    await db.project.update({ where: { id: world.project.id }, data: { visibility: 'public' } })
    const open = `/projects/${world.project.id}`
    const inPublic = viewer === 'anonymous' ? 401 : viewer === 'stranger' ? 403 : expected
    expect((await put(open, { name: 'Public' }, world.tokens[viewer])).status).toBe(inPublic)
  })
})

describe('PUT /projects/:id/transfer', () => {
  test('a project moves to a group that is named by its number or its path', async () => {
    const [one, two] = [await create.createGroup(), await create.createGroup()]
    for (const group of [one, two]) await create.addMember({ group }, world.users.owner, 'maintainer')
    const route = `/projects/${world.project.id}/transfer`
    const { status, body } = await put(route, { namespace: one.id })
    expect([status, body.path_with_namespace]).toEqual([200, `${one.fullPath}/${world.project.path}`])
    expect(body.namespace).toMatchObject({ id: one.id, full_path: one.fullPath })
    expect((await put(route, { namespace: two.fullPath })).body.namespace.id).toBe(two.id)
  })

  test('an unknown or hidden group is 404, and a group that refuses is 400', async () => {
    const hidden = await create.createGroup({ visibility: 'private' })
    const closed = await create.createGroup()
    const full = await create.createGroup()
    await create.addMember({ group: full }, world.users.owner, 'owner')
    await create.createProject({ groupId: full.id, path: world.project.path })
    const answers = [
      [hidden.fullPath, 404, '404 Namespace Not Found'],
      [hidden.id, 404, '404 Namespace Not Found'],
      ['missing', 404, '404 Namespace Not Found'],
      [closed.id, 400, 'Failed to transfer project: You may not create anything there'],
      [full.id, 400, 'Failed to transfer project: Path has already been taken'],
    ] as const
    for (const [namespace, status, message] of answers) {
      expect(await put(`${project()}/transfer`, { namespace })).toMatchObject({ status, body: { message } })
    }
    expect(await put(`${project()}/transfer`, {})).toMatchObject({
      status: 400,
      body: { error: 'namespace is missing' },
    })
  })

  test.each(viewers)('PUT /projects/:id/transfer answers %s by its role', async (viewer) => {
    const group = await create.createGroup()
    for (const user of Object.values(world.users)) await create.addMember({ group }, user, 'owner')
    const expected = { anonymous: 404, stranger: 404, owner: 200 }[viewer as string] ?? 403
    expect((await put(`${project()}/transfer`, { namespace: group.id }, world.tokens[viewer])).status).toBe(expected)
  })
})

describe('groups', () => {
  test('PUT /groups/:id changes the path and the name, and refuses a path that is taken', async () => {
    await create.addMember({ group: world.group }, world.users.owner, 'owner')
    const other = await create.createGroup()
    const route = `/groups/${world.group.id}`
    const taken = { status: 400, body: { message: { path: ['has already been taken'] } } }
    expect(await put(route, { path: other.path })).toMatchObject(taken)
    expect(await put(route, {})).toMatchObject({ status: 400 })
    const path = `renamed-${world.group.id}`
    const { status, body } = await put(`/groups/${world.group.fullPath}`, { path, name: 'New', visibility: 'internal' })
    expect([status, body]).toMatchObject([
      200,
      { id: world.group.id, full_path: path, name: 'New', visibility: 'internal' },
    ])
    expect((await put(`/groups/${world.group.fullPath}`, { name: 'x' })).status).toBe(404)
  })

  test('POST /groups/:id/transfer moves a group below another and to the top', async () => {
    const [moving, target, closed] = [
      await create.createGroup(),
      await create.createGroup(),
      await create.createGroup(),
    ]
    for (const group of [moving, target]) await create.addMember({ group }, world.users.owner, 'owner')
    const hidden = await create.createGroup({ visibility: 'private' })
    const move = (json: object) =>
      rest(app, 'POST', `/groups/${moving.id}/transfer`, { token: world.tokens.owner, json })
    const below = await move({ group_id: target.id })
    expect([below.status, below.body]).toMatchObject([
      201,
      { parent_id: target.id, full_path: `${target.path}/${moving.path}` },
    ])
    for (const group_id of [hidden.id, 2 ** 31 - 1]) expect((await move({ group_id })).status).toBe(404)
    for (const group_id of [closed.id, moving.id]) {
      const refusal = { message: expect.stringMatching(/^Failed to transfer group: /) }
      expect(await move({ group_id })).toMatchObject({ status: 400, body: refusal })
    }
    expect((await move({})).body).toMatchObject({ parent_id: null, full_path: moving.path })
  })

  test.each(viewers)('PUT and transfer of a group answer %s by its role', async (viewer) => {
    const group = await create.createGroup({ visibility: 'private' })
    for (const name of viewers.slice(2) as Exclude<typeof viewer, 'anonymous' | 'stranger'>[]) {
      if (name in world.users) await create.addMember({ group }, world.users[name as 'guest'], name as 'guest')
    }
    const token = world.tokens[viewer]
    const hidden = ['anonymous', 'stranger'].includes(viewer)
    const of = (...may: string[]) => (hidden ? 404 : may.includes(viewer) ? 200 : 403)
    expect((await put(`/groups/${group.id}`, { name: 'x' }, token)).status).toBe(of('maintainer', 'owner'))
    expect((await put(`/groups/${group.id}`, { path: `path-${group.id}` }, token)).status).toBe(of('owner'))
    const { status } = await rest(app, 'POST', `/groups/${group.id}/transfer`, { token, json: {} })
    expect(status).toBe(viewer === 'owner' ? 400 : hidden ? 404 : 403)
  })
})
