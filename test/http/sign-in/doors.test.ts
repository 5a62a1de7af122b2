// Where the cookie of a session counts, and that no page of another server can use it.
import { request } from 'node:http'
import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { endpoints } from '../../../src/http/rest/endpoints.ts'
import type { Endpoint } from '../../../src/http/rest/kit/endpoint.ts'
import { startAnotherServer } from '../../support/another-server.ts'
import { useApp } from '../../support/app.ts'
import { query } from '../../support/client.ts'
import * as create from '../../support/factories.ts'
import { snapshot } from '../../support/snapshot.ts'
import { createWorld, type ViewerName, type World } from '../../support/world.ts'
import { type Entrances, openEntrances } from '../entrances.ts'
import { put } from '../packages/package-client.ts'
import { endpointRequests } from '../pipelines/endpoint-requests.ts'
import { rest } from '../rest/client.ts'
import { FROM_HERE, formTokenOf, post, signedInAs, signIn } from './browser.ts'

const app = useApp({ rateLimits: null })

type Tokens = Record<Exclude<ViewerName, 'anonymous'>, string>

let world: World
let tokens: Tokens
let entrances: Entrances
let cookie: string
beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'private' } })
  await create.addMember({ group: world.group }, world.users.owner, 'owner')
  await put(app, world, 'content')
  entrances = await openEntrances(app, world, await create.createMilestone({ groupId: world.group.id }))
  tokens = world.tokens as Tokens
  cookie = await signIn(app, tokens.owner)
})

/** What a page of another server can make a browser send, beside the cookie. */
const elsewhere: Record<string, Record<string, string>> = {
  'another site': { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example.com' },
  'another host of the same site': { 'sec-fetch-site': 'same-site', origin: 'http://other.127.0.0.1' },
  'another site, in an old browser': { origin: 'https://evil.example.com' },
  'another port, in an old browser': { origin: 'http://127.0.0.1:1' },
  'a page without an origin': { origin: 'null' },
  nowhere: {},
  'the address bar': { 'sec-fetch-site': 'none' },
}

const plain = (path: string) => path.replace(/\{[^}]*\}/g, '')
const keyOf = ({ method, path }: Endpoint) => `${method} ${plain(path)}`
const isFile = ({ method, streams }: Endpoint) => method === 'get' && streams === true

/** The path of a read, with something that exists in place of most parameters. */
function readPath({ path }: Endpoint): string {
  const { project, group, release, users } = world
  const id = path.startsWith('/groups') ? group.id : path.startsWith('/users') ? users.guest.id : project.id
  const values: Record<string, string> = { id: String(id), tag_name: release.tag, sha: release.sha ?? '' }
  return plain(path).replace(/:(\w+)/g, (_all, name: string) => values[name] ?? '1')
}

const shown = ({ status, body }: { status: number; body: unknown }) => {
  const { request_id: _, ...rest } = (body ?? {}) as Record<string, unknown>
  return { status, body: Array.isArray(body) ? body : rest }
}

const headersOf = (more: Record<string, string> = {}) => ({ cookie, ...FROM_HERE, ...more })

test('every read of REST but files takes a cookie for no credential', async () => {
  const reads = endpoints.filter((endpoint) => endpoint.method === 'get' && !isFile(endpoint))
  expect(reads.length).toBeGreaterThan(40)
  const open: string[] = []
  for (const endpoint of reads) {
    const path = readPath(endpoint)
    const nobody = shown(await rest(app, 'GET', path))
    expect([path, shown(await rest(app, 'GET', path, { headers: headersOf() }))]).toEqual([path, nobody])
    const { status } = await rest(app, 'GET', path, { token: tokens.owner })
    if (status !== nobody.status) open.push(path)
  }
  // So a cookie that counted would have been noticed.
  expect(open.length).toBeGreaterThan(20)
})

test.each(endpoints.filter(({ method }) => method !== 'get').map(keyOf))(
  'a cookie alone does not send %s',
  async (key) => {
    const { path, headers = {}, ...options } = (await endpointRequests[key]?.(world, app)) ?? { path: '' }
    const method = key.split(' ', 1).join('').toUpperCase()
    const before = await snapshot(app, world.project.id)
    const nobody = shown(await rest(app, method, path, { ...options, headers }))
    expect(nobody.status).toBeGreaterThanOrEqual(400)
    expect(shown(await rest(app, method, path, { ...options, headers: headersOf(headers) }))).toEqual(nobody)
    expect(await snapshot(app, world.project.id)).toEqual(before)
    await db.releaseDraft.deleteMany()
    await db.user.update({ where: { id: world.users.owner.id }, data: { admin: false } })
  },
)

test('git takes a cookie for no credential', async () => {
  const ask = async (name: string, headers: Record<string, string>) =>
    (await fetch(`${app.url}/${world.project.fullPath}.git/info/refs?service=git-${name}`, { headers })).status
  const basic = { authorization: `Basic ${Buffer.from(`x:${tokens.owner}`).toString('base64')}` }
  for (const name of ['upload-pack', 'receive-pack']) {
    expect([await ask(name, headersOf()), await ask(name, basic)]).toEqual([401, 200])
  }
  const batch = `${app.url}/${world.project.fullPath}.git/info/lfs/objects/batch`
  const body = JSON.stringify({ operation: 'download', objects: [] })
  const type = { 'content-type': 'application/vnd.git-lfs+json' }
  const { status } = await fetch(batch, { method: 'POST', body, headers: { ...headersOf(), ...type } })
  expect(status).toBe(401)
})

const files = new Set(['GET a download', 'GET a file of a package'])
const isRest = (name: string) => (name.startsWith('GET ') && !files.has(name)) || name.endsWith('in REST')

describe.each(['private', 'internal', 'public'] as const)('in a %s project', (visibility) => {
  test.each(['stranger', 'guest', 'reporter', 'developer', 'maintainer', 'owner'] as const)(
    'the session of a %s opens what its token does: pages, files and GraphQL',
    async (viewer) => {
      await db.project.update({ where: { id: world.project.id }, data: { visibility } })
      const token = tokens[viewer]
      const byToken = await entrances.lookInto(token)
      const nobody = await entrances.lookInto(null)
      const session = await signIn(app, token)
      const bySession = await entrances.lookInto(null, { cookie: session, ...FROM_HERE })
      const expected = Object.keys(byToken).map((name) => [name, isRest(name) ? nobody[name] : byToken[name]])
      expect(bySession).toEqual(Object.fromEntries(expected))
      await db.project.update({ where: { id: world.project.id }, data: { visibility: 'private' } })
    },
  )
})

const WHO = '{ currentUser { username } }'
const WRITE = 'mutation ($path: String!) { groupCreate(input: { path: $path }) { errors } }'

describe.each(Object.entries(elsewhere))('GraphQL from %s', (_name, from) => {
  test('does not know the session, neither for a query nor for a mutation', async () => {
    const { data } = await query<{ currentUser: unknown }, object>(app, WHO, {}, { headers: { cookie, ...from } })
    expect(data.currentUser).toBe(null)
    const get = `${app.url}/graphql?query=${encodeURIComponent(WHO)}`
    const answer = await fetch(get, { headers: { accept: 'application/json', cookie, ...from } })
    expect(await answer.json()).toEqual({ data: { currentUser: null } })
    expect(answer.headers.get('access-control-allow-credentials')).toBe(null)
    const { errors } = await query(app, WRITE, { path: 'from-elsewhere' }, { headers: { cookie, ...from } })
    expect(errors?.[0]?.extensions?.code).toBe('NOT_FOUND')
    expect(await db.group.count({ where: { path: 'from-elsewhere' } })).toBe(0)
  })
})

test.each([
  ['a browser that says where its requests come from', () => FROM_HERE],
  ['an old browser', () => ({ origin: app.url })],
  ['an old browser that knows the server by another name', () => ({ origin: 'http://other.example.com' })],
])('GraphQL knows the session of %s', async (name, from) => {
  const server = name.includes('another') ? await startAnotherServer(app, { baseUrl: 'http://other.example.com' }) : app
  const { data } = await query<{ currentUser: object }, object>(server, WHO, {}, { headers: { cookie, ...from() } })
  expect(data.currentUser).toEqual({ username: world.users.owner.username })
})

test('a mutation of a page of this server writes, by POST alone', async () => {
  const path = 'from-here'
  const url = `${app.url}/graphql?query=${encodeURIComponent(`mutation { groupCreate(input: { path: "${path}" }) { errors } }`)}`
  expect((await fetch(url, { headers: { ...headersOf(), accept: 'application/json' } })).status).toBe(405)
  expect(await db.group.count({ where: { path } })).toBe(0)
  const { data } = await query(app, WRITE, { path }, { headers: headersOf() })
  expect(data).toEqual({ groupCreate: { errors: [] } })
})

test('another credential wins over a cookie, also a wrong one', async () => {
  const headers = headersOf({ 'private-token': tokens.guest })
  const { data } = await query<{ currentUser: object }, object>(app, WHO, {}, { headers })
  expect(data.currentUser).toEqual({ username: world.users.guest.username })
  const page = `${app.url}/${world.project.fullPath}/-/releases/v1.0.0`
  const statusWith = async (more: Record<string, string>, query = '') =>
    (await fetch(page + query, { redirect: 'manual', headers: headersOf(more) })).status
  expect(await statusWith({})).toBe(200)
  expect(await statusWith({ 'private-token': tokens.guest })).toBe(404)
  expect(await statusWith({ authorization: 'Bearer wbt_wrong' })).toBe(401)
  expect(await statusWith({}, '?private_token=wbt_wrong')).toBe(401)
  expect((await query(app, WHO, {}, { headers: headersOf({ 'job-token': 'x' }) })).status).toBe(401)
})

/** Node's own client, because `fetch` decides about `Sec-Fetch-Mode` itself. */
const statusOf = (path: string, headers: Record<string, string>): Promise<number> =>
  new Promise((resolve, reject) => {
    const sent = request(app.url + path, { headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    sent.on('error', reject).end()
  })

test('a page knows the session when a link leads to it, and a page of another server cannot embed a file', async () => {
  const path = `/${world.project.fullPath}/-/archive/v1.0.0/app-v1.0.0.zip`
  const from = (site: string, mode: string) => ({ cookie, 'sec-fetch-site': site, 'sec-fetch-mode': mode })
  expect(await statusOf(path, from('cross-site', 'navigate'))).toBe(200)
  expect(await statusOf(path, from('same-origin', 'no-cors'))).toBe(200)
  expect(await statusOf(path, { cookie })).toBe(200)
  for (const site of ['cross-site', 'same-site']) expect(await statusOf(path, from(site, 'no-cors'))).toBe(404)
})

test('no shared cache may keep what a session is shown', async () => {
  const { fullPath, id } = world.project
  const paths = [
    ...['releases', 'releases.atom', 'releases.json', 'releases/v1.0.0', 'archive/v1.0.0/a.zip'].map(
      (path) => `/${fullPath}/-/${path}`,
    ),
    `/api/v4/projects/${id}/packages/generic/app/1.0.0/app.bin`,
    `/api/v4/projects/${id}/repository/archive.zip`,
    `/graphql?query=${encodeURIComponent(WHO)}`,
    '/-/sign-in',
  ]
  for (const path of paths) {
    const { status, headers } = await fetch(app.url + path, { headers: { ...headersOf(), accept: '*/*' } })
    expect([path, status]).toEqual([path, 200])
    expect([path, headers.get('cache-control')]).toEqual([path, expect.stringMatching(/private|no-store/)])
    expect([path, headers.get('vary')]).toEqual([path, expect.stringContaining('cookie')])
    expect([path, headers.get('cache-control')]).not.toEqual([path, expect.stringMatching(/public|s-maxage/)])
  }
})

describe.each(Object.entries(elsewhere))('a form from %s', (_name, headers) => {
  test('signs nobody in', async () => {
    const response = await post(app, '/-/sign-in', { headers, form: { token: tokens.guest } })
    expect([response.status, response.headers.getSetCookie()]).toEqual([403, []])
  })

  test('signs nobody out', async () => {
    const form = { form_token: await formTokenOf(app, cookie), everywhere: 'true' }
    const response = await post(app, '/-/sign-out', { headers: { cookie, ...headers }, form })
    expect([response.status, response.headers.getSetCookie()]).toEqual([403, []])
    expect(await signedInAs(app, cookie)).toBe(world.users.owner.username)
  })
})

test('a form without the token of the session, or with the token of another, signs nobody out', async () => {
  const other = await formTokenOf(app, await signIn(app, tokens.owner))
  for (const form of [{}, { form_token: '' }, { form_token: 'x' }, { form_token: other }]) {
    const { status } = await post(app, '/-/sign-out', { headers: headersOf(), form: form as Record<string, string> })
    expect(status).toBe(403)
  }
  expect(await signedInAs(app, cookie)).toBe(world.users.owner.username)
})

test('no page with a form may be framed, and its forms go to this server alone', async () => {
  const { headers } = await fetch(`${app.url}/-/sign-in`)
  const policy = headers.get('content-security-policy')
  for (const part of ["default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"]) {
    expect(policy).toContain(part)
  }
  // One script, by its digest.
  expect(policy).toMatch(/script-src 'sha256-[^' ]+';/)
})
