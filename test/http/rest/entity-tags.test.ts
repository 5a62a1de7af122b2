import { beforeAll, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type World } from '../../support/world.ts'
import { rest } from './client.ts'

const app = useApp()

let world: World
let list: string
beforeAll(async () => {
  world = await createWorld(app)
  list = `/projects/${world.project.id}/releases`
})

/** Repeats the request with the entity tag of the first answer. */
const askAgain = (path: string, etag: string | null, token: string | null = null) =>
  rest(app, 'GET', path, { token, headers: { 'if-none-match': etag ?? '' } })

test('a client that has the answer already gets 304 and no body, until a write', async () => {
  for (const path of [list, `${list}/v1.0.0`, `${list}/v1.0.0/assets/links`, `/projects/${world.project.id}`]) {
    const first = await rest(app, 'GET', path)
    expect(first.headers.get('etag'), path).toMatch(/^W\/"[0-9a-f]+"$/)
    const again = await askAgain(path, first.headers.get('etag'))
    expect([again.status, again.body]).toEqual([304, null])
    expect(again.headers.get('etag')).toBe(first.headers.get('etag'))
    expect(again.headers.get('cache-control')).toBe('private, no-cache')
  }
  const before = await rest(app, 'GET', list)
  await rest(app, 'PUT', `${list}/v1.0.0`, { token: world.tokens.developer, json: { name: 'Second light' } })
  const after = await askAgain(list, before.headers.get('etag'))
  expect([after.status, after.body[0].name]).toEqual([200, 'Second light'])
})

test('a 304 says where the page is in the list as it is now', async () => {
  const { project } = await createWorld(app)
  const path = `/projects/${project.id}/releases?per_page=1`
  const first = await rest(app, 'GET', path)
  await create.createRelease(project, { releasedAt: new Date('2020-01-01') })
  const again = await askAgain(path, first.headers.get('etag'))
  expect([again.status, first.headers.get('x-total'), again.headers.get('x-total')]).toEqual([304, '1', '2'])
  expect(again.headers.get('link')).toContain('rel="next"')
  expect(again.headers.get('access-control-allow-origin')).toBe('*')
})

test('viewers who see different things have different entity tags, and a viewer who lost access gets no 304', async () => {
  const { project, tokens, users } = await createWorld(app, { project: { visibility: 'private' } })
  const path = `/projects/${project.id}/releases`
  const [developer, guest] = await Promise.all([
    rest(app, 'GET', path, { token: tokens.developer }),
    rest(app, 'GET', path, { token: tokens.guest }),
  ])
  expect(developer.headers.get('etag')).not.toBe(guest.headers.get('etag'))
  expect((await askAgain(path, developer.headers.get('etag'), tokens.guest)).status).toBe(200)
  await db.projectMember.deleteMany({ where: { userId: users.developer.id } })
  expect((await askAgain(path, developer.headers.get('etag'), tokens.developer)).status).toBe(404)
})
