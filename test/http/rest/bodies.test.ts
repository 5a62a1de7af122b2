import { request } from 'node:http'
import { beforeAll, describe, expect, test } from 'vitest'
import { useApp } from '../../support/app.ts'
import { createWorld, type World } from '../../support/world.ts'
import { type RestOptions, rest } from './client.ts'

const app = useApp()

let world: World
let releases: string
beforeAll(async () => {
  world = await createWorld(app)
  releases = `/projects/${world.project.id}/releases`
})

const send = (method: string, path: string, options: RestOptions = {}) =>
  rest(app, method, path, { token: world.tokens.maintainer, ...options })

const JSON_TYPE = { 'content-type': 'application/json' }
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' }

const fields = (tag: string): [string, string][] => [
  ['tag_name', tag],
  ['ref', 'main'],
  ['milestones', ''],
  ['assets[links][][name]', 'one'],
  ['assets[links][][url]', 'https://downloads.example.com/one'],
  ['assets[links][][name]', 'two'],
  ['assets[links][][url]', 'https://downloads.example.com/two?a=b&c=d'],
  ['assets[links][][direct_asset_path]', '/bin/two'],
  ['assets[links][][name]', 'three'],
  ['assets[links][][url]', 'https://downloads.example.com/three'],
]

function multipart(tag: string): FormData {
  const form = new FormData()
  for (const [name, value] of fields(tag)) form.append(name, value)
  return form
}

const numbered = (tag: string) =>
  new URLSearchParams({
    tag_name: tag,
    ref: 'main',
    'assets[links][0][name]': 'one',
    'assets[links][0][url]': 'https://downloads.example.com/one',
    'assets[links][1][url]': 'https://downloads.example.com/two?a=b&c=d',
    'assets[links][1][name]': 'two',
    'assets[links][1][direct_asset_path]': '/bin/two',
    'assets[links][2][name]': 'three',
    'assets[links][2][url]': 'https://downloads.example.com/three',
  })

describe('the ways to send a release', () => {
  test.each<[string, string, (tag: string) => RestOptions]>([
    ['a form', '', (tag) => ({ body: new URLSearchParams(fields(tag)) })],
    ['a form with numbered elements', '', (tag) => ({ body: numbered(tag) })],
    ['a multipart form', '', (tag) => ({ body: multipart(tag) })],
    ['the query', '?', () => ({})],
    ['the query, with an empty body of JSON', '?', () => ({ headers: JSON_TYPE, body: '' })],
  ])('a release is made from %s', async (kind, query, options) => {
    const tag = kind.replaceAll(/\W/g, '-')
    const path = releases + (query && `?${new URLSearchParams(fields(tag))}`)
    const { status, body } = await send('POST', path, options(tag))
    expect(status).toBe(201)
    const links = body.assets.links.map((link: { name: string; url: string; direct_asset_url: string }) => link)
    expect(links.map(({ name }: { name: string }) => name).toSorted()).toEqual(['one', 'three', 'two'])
    expect(links.find(({ name }: { name: string }) => name === 'two')).toMatchObject({
      url: 'https://downloads.example.com/two?a=b&c=d',
      direct_asset_url: expect.stringMatching(/\/downloads\/bin\/two$/),
    })
    expect(body.milestones).toBeUndefined()
  })
})

test('a body may hold lists as lists, and numbers and booleans as texts', async () => {
  const form = new URLSearchParams([
    ['title', '42'],
    ['confidential', 'true'],
    ['milestone_id', ''],
  ])
  const { status, body } = await send('POST', `/projects/${world.project.id}/issues`, { body: form })
  expect([status, body.title, body.confidential, body.milestone]).toEqual([201, '42', true, null])
  const list = await send('GET', `/projects/${world.project.id}/issues?iids[]=${body.iid}&iids[]=999`)
  expect(list.body).toHaveLength(1)
  const json = await send('PUT', `${releases}/v1.0.0`, { json: { name: 7 } })
  expect(json.body.name).toBe('7')
})

test.each([
  ['a list of more than 1,000 items', { milestones: Array(1001).fill('x') }, 'milestones is invalid'],
  ['a text with a NUL byte', { name: 'a\0b' }, 'name is invalid'],
  ['a text with half of a character', { name: 'a\ud800' }, 'name is invalid'],
])('a refusal names the parameter with %s', async (_what, fields, error) => {
  const answer = await send('POST', releases, { json: { tag_name: 'never', ref: 'main', ...fields } })
  expect([answer.status, answer.body]).toEqual([400, { error }])
})

test.each<[string, RestOptions, number, unknown]>([
  ['broken JSON', { headers: JSON_TYPE, body: '{' }, 400, { error: 'The body must be a JSON object' }],
  ['JSON that is no object', { headers: JSON_TYPE, body: '[]' }, 400, { error: 'The body must be a JSON object' }],
  [
    'broken multipart',
    { headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: 'y' },
    400,
    { error: 'The body is no valid multipart/form-data' },
  ],
  [
    'a form that contradicts itself',
    { headers: FORM_TYPE, body: 'assets=1&assets[links][]=2' },
    400,
    { error: 'assets is invalid' },
  ],
  [
    'another kind of body',
    { headers: { 'content-type': 'application/xml' }, body: '<a/>' },
    415,
    { error: "The provided content-type 'application/xml' is not supported." },
  ],
])('a body of %s is refused', async (_kind, options, status, body) => {
  const answer = await send('POST', releases, options)
  expect([answer.status, answer.body]).toEqual([status, body])
})

test('a body that is far too long is refused', async () => {
  const { status } = await send('POST', releases, { headers: FORM_TYPE, body: `description=${'x'.repeat(16_000_001)}` })
  expect(status).toBe(413)
})

/** Sends a request that `fetch` would not send. */
function raw(method: string, path: string, headers: Record<string, string>, body?: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(app.url)
    const sent = request({ hostname, port, method, path: `/api/v4${path}`, headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

test('a body of any type is ignored where none is expected', async () => {
  const headers = { ...JSON_TYPE, 'private-token': world.tokens.maintainer ?? '', 'content-length': '1' }
  expect(await raw('GET', releases, headers, '{')).toBe(200)
  await send('POST', releases, { json: { tag_name: 'doomed', ref: 'main' } })
  expect(await raw('DELETE', `${releases}/doomed`, headers, '{')).toBe(200)
})

test('a path that climbs is refused as it came', async () => {
  expect(await raw('GET', `${releases}/v1.0.0/downloads/../x`, {})).toBe(400)
  expect(await raw('GET', `${releases}/v1.0.0/downloads/%2e%2E/x`, {})).toBe(400)
})
