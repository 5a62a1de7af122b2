import { once } from 'node:events'
import { connect } from 'node:net'
import { beforeAll, describe, expect, test } from 'vitest'
import { createAuthenticator } from '../../src/authentication/authenticate.ts'
import type { Project } from '../../src/generated/prisma/client.ts'
import { noRateLimits } from '../../src/request/rate-limits/rate-limits.ts'
import { startAnotherServer } from '../support/another-server.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { createTrustedIssuer } from '../support/jwt.ts'
import { sendFrom, startProxy } from '../support/proxy.ts'
import { createWorld, type World } from '../support/world.ts'
import { limitedServer } from './limited-server.ts'

const app = useApp()

let world: World
beforeAll(async () => {
  world = await createWorld(app)
})

/** What an answer says about the limit, and how long it takes until all points are back. */
const standing = ({ status, headers }: Response) => ({
  status,
  limit: Number(headers.get('ratelimit-limit')),
  remaining: Number(headers.get('ratelimit-remaining')),
  seconds: Number(headers.get('ratelimit-reset')) - Date.now() / 1000,
})

const doors = {
  REST: () => `/api/v4/projects/${world.project.id}/releases`,
  'a page': () => `/${world.project.fullPath}/-/releases`,
  git: () => `/${world.project.fullPath}.git/info/refs?service=git-upload-pack`,
}
const names = Object.keys(doors) as (keyof typeof doors)[]

describe('an account that has spent its points', () => {
  test.for(names)('an account that has spent its points is told by %s when to come again', async (name) => {
    const { url } = await limitedServer(app, { account: 250 })
    const token = world.tokens.developer ?? ''
    const ask = () => fetch(url + doors[name](), { headers: { authorization: `Bearer ${token}` } })
    const cost = name === 'git' ? 100 : 10
    let left = 250
    while (left > 0) {
      left = Math.max(left - cost, 0)
      const answer = await ask()
      await answer.arrayBuffer()
      expect(standing(answer)).toMatchObject({ status: 200, limit: 250, remaining: left })
      expect(standing(answer).seconds).toBeGreaterThan(0)
      expect(standing(answer).seconds).toBeLessThan(61)
    }
    const refused = await ask()
    expect(standing(refused)).toMatchObject({ status: 429, limit: 250, remaining: 0 })
    const seconds = Number(refused.headers.get('retry-after'))
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThanOrEqual(60)
    const text = await refused.text()
    const message = `Too many requests: try again in ${seconds} s`
    expect(name === 'git' ? text : JSON.parse(text)).toEqual(name === 'git' ? `${message}\n` : { message })
  })
})

/** The statuses of this many requests, one after the other. */
async function statusesOf(url: string, times: number, sent: Parameters<typeof sendFrom>[1] = {}): Promise<number[]> {
  const statuses = []
  for (let n = 0; n < times; n++) statuses.push((await sendFrom(url + doors.REST(), sent)).status)
  return statuses
}

const by = (token: string | null) => ({ headers: { 'private-token': token ?? '' } })

test('all tokens of an account share its points, and nobody else does', async () => {
  const { url } = await limitedServer(app, { account: 30, address: 30 })
  const second = await create.tokenFor(world.users.developer)
  expect(await statusesOf(url, 2, by(world.tokens.developer))).toEqual([200, 200])
  expect(await statusesOf(url, 2, by(second))).toEqual([200, 429])
  expect(await statusesOf(url, 1, by(world.tokens.reporter))).toEqual([200])
  expect(await statusesOf(url, 1)).toEqual([200])
})

test('a pipeline without an account is counted by its project', async () => {
  const { issuer, signed } = await createTrustedIssuer({
    projectRoles: [{ claim: 'project_path', role: 'developer', where: {} }],
  })
  const other = await create.createProject()
  const authenticate = createAuthenticator({ jwtIssuers: [issuer] })
  const { url } = await limitedServer(app, { account: 20, authenticate })
  const pipeline = async ({ fullPath }: Project) => ({
    headers: { authorization: `Bearer ${await signed({ project_path: fullPath })}` },
  })
  expect(await statusesOf(url, 1, await pipeline(world.project))).toEqual([200])
  expect(await statusesOf(url, 2, await pipeline(world.project))).toEqual([200, 429])
  expect(await statusesOf(url, 1, await pipeline(other))).toEqual([200])
})

test('each address has points of its own without an account, also behind a trusted proxy', async () => {
  const { url } = await limitedServer(app, { address: 20, trustProxy: '127.0.0.1' })
  const proxy = await startProxy({ to: url })
  for (const from of ['127.0.0.11', '127.0.0.12']) {
    expect(await statusesOf(proxy, 3, { from })).toEqual([200, 200, 429])
    expect(await statusesOf(url, 1, { from })).toEqual([429])
  }
})

test('an address of IPv6 is counted by its network of 64 bits, and an address of IPv4 in IPv6 as IPv4', async () => {
  const { url } = await limitedServer(app, { address: 20, trustProxy: '127.0.0.1' })
  const behind = (address: string) => statusesOf(url, 1, { headers: { 'x-forwarded-for': address } })
  const sameNetwork = ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:0DB8:0001:0002::7']
  expect((await Promise.all(sameNetwork.map(behind))).flat().sort()).toEqual([200, 200, 429])
  expect(await behind('2001:db8:1:3::1')).toEqual([200])
  expect(await behind('::1')).toEqual([200])
  expect(await behind('192.0.2.1')).toEqual([200])
  expect(await behind('::ffff:192.0.2.1')).toEqual([200])
  expect(await behind('192.0.2.1')).toEqual([429])
})

test('an address that has spent its points is refused before the body of its request has come', async () => {
  const { url } = await limitedServer(app, { address: 10 })
  expect(await statusesOf(url, 1)).toEqual([200])
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.write(
    `POST ${doors.REST()} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n{`,
  )
  const [answer] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 429 /)
})

describe('wrong credentials, which have a budget of their own', () => {
  const GUESSES = 300

  test('an address that has spent its budget of wrong credentials is told so, and good credentials and anonymous requests go on', async () => {
    const { url } = await limitedServer(app, {})
    const known = by(world.tokens.developer)
    expect(await statusesOf(url, 1, known)).toEqual([200])
    const wrong = await Promise.all(
      Array.from({ length: GUESSES }, (_, n) => sendFrom(url + doors.REST(), by(`wrong-${n}`))),
    )
    expect(new Set(wrong.map(({ status }) => status))).toEqual(new Set([401]))
    const refused = await sendFrom(url + doors.REST(), by('wrong again'))
    expect([refused.status, JSON.parse(refused.text).message]).toEqual([
      429,
      expect.stringMatching(/^Too many wrong credentials from your address: try again in \d+ s$/),
    ])
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect(await statusesOf(url, 1, by(world.tokens.reporter))).toEqual([429])
    expect(await statusesOf(url, 1, { ...by(world.tokens.reporter), from: '127.0.0.20' })).toEqual([200])
    expect(await statusesOf(url, 1, known)).toEqual([200])
    expect(await statusesOf(url, 1)).toEqual([200])
    const statements = await app.statementsOf(() => statusesOf(url, 3, by('wrong once more')))
    expect(statements).toEqual([])
  }, 60_000)
})

test('health, readiness and metrics are never limited, and metrics count who was refused', async () => {
  const { url } = await limitedServer(app, { address: 10 })
  expect(await statusesOf(url, 3)).toEqual([200, 429, 429])
  const all = await Promise.all(
    ['/health', '/ready', '/metrics'].map(async (path) => {
      const answer = await fetch(url + path)
      return { status: answer.status, limit: answer.headers.get('ratelimit-limit'), text: await answer.text() }
    }),
  )
  expect(all.map(({ status, limit }) => [status, limit])).toEqual([
    [200, null],
    [200, null],
    [200, null],
  ])
  expect(all[2]?.text).toContain('waybill_rate_limited_total{door="service",budget="address"} 2')
})

test('a page of another origin may read how many points are left', async () => {
  const answer = await fetch(app.url + doors.REST(), { headers: { origin: 'https://pages.example' } })
  const exposed = answer.headers.get('access-control-expose-headers')?.toLowerCase() ?? ''
  for (const name of ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset', 'retry-after']) {
    expect(exposed).toContain(name)
  }
})

test('a request costs by its kind: a read 10, a write 20, git 100', async () => {
  const { url } = await limitedServer(app, { account: 1000 })
  const headers = { 'private-token': world.tokens.maintainer ?? '', 'content-type': 'application/json' }
  const remaining = async (path: string, method = 'GET', body?: string) => {
    const answer = await sendFrom(url + path, { method, headers, ...(body ? { body } : {}) })
    return Number(answer.headers['ratelimit-remaining'])
  }
  expect(await remaining(doors.REST())).toBe(990)
  expect(await remaining(`/api/v4/projects/${world.project.id}/milestones`, 'POST', '{"title":"one"}')).toBe(970)
  expect(await remaining(doors.git())).toBe(870)
})

test('counting sends no statement to the database', async () => {
  const unlimited = await startAnotherServer(app, { rateLimits: noRateLimits })
  const limited = await limitedServer(app, { shares: true })
  const asked = async ({ url }: { url: string }) =>
    (await app.statementsOf(() => statusesOf(url, 3, by(world.tokens.developer)))).sort()
  for (const server of [unlimited, limited]) await asked(server)
  expect(await asked(limited)).toEqual(await asked(unlimited))
})

describe('changelogs', () => {
  const path = (project: { id: number }) => `/api/v4/projects/${project.id}/repository/changelog?version=1.1.0`
  const statusesFor = async (server: { url: string }, project: { id: number }, token: string | null, times: number) => {
    const statuses = []
    for (let n = 0; n < times; n++) statuses.push((await sendFrom(server.url + path(project), by(token))).status)
    return statuses
  }

  test('an account asks for five changelogs of a project in a minute, and others are not concerned', async () => {
    const server = await limitedServer(app, {})
    const other = await createWorld(app)
    const { tokens, project } = world
    expect(await statusesFor(server, project, tokens.developer, 7)).toEqual([200, 200, 200, 200, 200, 429, 429])
    expect(await statusesFor(server, project, tokens.reporter, 1)).toEqual([200])
    expect(await statusesFor(server, other.project, tokens.developer, 1)).toEqual([200])
    const refused = await fetch(server.url + path(project), by(tokens.developer))
    const seconds = Number(refused.headers.get('retry-after'))
    expect(seconds).toBeGreaterThan(0)
    expect(await refused.json()).toEqual({
      message: `Too many changelogs of this project: try again in ${seconds} s`,
    })
  })

  test('every door counts the changelogs of an account, and a refused request counts nothing', async () => {
    const server = await limitedServer(app, {})
    const { tokens, project } = world
    const text = `{ project(fullPath: "${project.fullPath}") { changelog(version: "1.1.0") } }`
    const ask = async () => JSON.stringify(await query(server, text, {}, { token: tokens.owner }))
    const post = { method: 'POST', ...by(tokens.guest) }
    expect((await fetch(server.url + path(project), post)).status).toBe(403)
    for (let n = 0; n < 5; n++) expect(await ask()).toContain('"changelog":"## 1.1.0')
    expect(await ask()).toContain('RATE_LIMITED')
    const written = await fetch(server.url + path(project), { method: 'POST', ...by(tokens.owner) })
    expect(written.status).toBe(429)
  })
})
