import { beforeAll, expect, test } from 'vitest'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type World } from '../../support/world.ts'
import { type RestOptions, rest } from './client.ts'

const app = useApp()

let world: World
let releases: string
let token: string
beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'private' } })
  releases = `/projects/${world.project.id}/releases`
  token = world.tokens.developer ?? ''
})

test.each<[string, () => [string, string, RestOptions]]>([
  ['the header PRIVATE-TOKEN', () => ['GET', '', { headers: { 'private-token': token } }]],
  ['the header Authorization', () => ['GET', '', { headers: { authorization: `Bearer ${token}` } }]],
  ['the query as private_token', () => ['GET', `?private_token=${token}`, {}]],
  ['the query as access_token', () => ['GET', `?access_token=${token}`, {}]],
  [
    'a form',
    () => ['POST', '', { body: new URLSearchParams({ private_token: token, tag_name: 'form', ref: 'main' }) }],
  ],
  ['a body of JSON', () => ['POST', '', { json: { access_token: token, tag_name: 'json', ref: 'main' } }]],
])('a token is accepted in %s, and not logged', async (_place, request) => {
  const [method, query, options] = request()
  const { status } = await rest(app, method, releases + query, options)
  expect(status).toBe(method === 'GET' ? 200 : 201)
  expect(JSON.stringify(app.logged())).not.toContain(token)
})

test('a token in a header counts more than a token in a parameter', async () => {
  const { body } = await rest(app, 'GET', `/user?private_token=${token}`, { token: world.tokens.guest })
  expect(body.username).toBe(world.users.guest.username)
})

test.each<[string, string, RestOptions]>([
  ['a wrong token', '', { headers: { 'private-token': 'wrong' } }],
  ['a wrong parameter', '?private_token=wr%C3%B6ng', {}],
  ['a wrong job token', '', { headers: { 'job-token': 'a.b.c' } }],
  ['another scheme', '', { headers: { authorization: 'Basic eDp5' } }],
])('a request with %s is unauthorized', async (_case, query, options) => {
  const { status, body, headers } = await rest(app, 'GET', releases + query, options)
  expect([status, body.error]).toEqual([401, 'invalid_token'])
  expect(body.error_description).toEqual(expect.any(String))
  expect(headers.get('www-authenticate')).toBe('Bearer')
})

test('a token that may only read cannot write', async () => {
  const reading = await create.tokenFor(world.users.developer, ['read_api'])
  expect((await rest(app, 'GET', releases, { token: reading })).status).toBe(200)
  const { status, body } = await rest(app, 'POST', releases, { token: reading, json: {} })
  expect([status, body]).toEqual([
    403,
    { error: 'insufficient_scope', error_description: expect.stringContaining('api'), scope: 'api' },
  ])
})

test('a job token counts as no credential for freeze periods and groups', async () => {
  const headers = { 'job-token': 'a.b.c' }
  for (const path of [`/projects/${world.project.id}/freeze_periods`, `/groups/${world.group.id}/releases`]) {
    const { status, body } = await rest(app, 'GET', path, { headers })
    expect([status, body]).toEqual([401, { message: '401 Unauthorized' }])
  }
})

test('an anonymous viewer learns nothing about the server or an account', async () => {
  for (const path of ['/user', '/version', '/metadata']) {
    const { status, body } = await rest(app, 'GET', path)
    expect([status, body]).toEqual([401, { message: '401 Unauthorized' }])
  }
  expect((await rest(app, 'GET', '/version', { token })).body).toMatchObject({
    version: expect.stringMatching(/^18\./),
  })
  expect((await rest(app, 'GET', '/metadata', { token })).body).toMatchObject({ enterprise: false })
})
