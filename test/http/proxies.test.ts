import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { TrustProxy } from '../../src/request/trusted-proxies.ts'
import { startAnotherServer } from '../support/another-server.ts'
import { useApp } from '../support/app.ts'
import { sendFrom, startProxy } from '../support/proxy.ts'
import { createWorld, type World } from '../support/world.ts'

const app = useApp()

let world: World
beforeAll(async () => {
  world = await createWorld(app)
})

const CLIENT = '127.0.0.9'

/** The address in the audit event of a write. */
async function recordedFor(url: string, headers: Record<string, string> = {}, from = CLIENT): Promise<string | null> {
  const answer = await sendFrom(`${url}/api/v4/projects/${world.project.id}/milestones`, {
    from,
    method: 'POST',
    headers: { 'content-type': 'application/json', 'private-token': world.tokens.maintainer ?? '', ...headers },
    body: JSON.stringify({ title: `Milestone ${Math.random()}` }),
  })
  expect([answer.status, answer.text]).toEqual([201, expect.anything()])
  const event = await db.auditEvent.findFirst({ orderBy: { id: 'desc' } })
  return event?.ipAddress ?? null
}

/** The address to which the links of a page lead. */
async function linkedFor(url: string, headers: Record<string, string> = {}): Promise<string> {
  const path = `/api/v4/projects/${world.project.id}/releases`
  const { headers: answered } = await sendFrom(url + path, { from: CLIENT, headers })
  return /<([^>]*)\/api\/v4\//.exec(answered.link ?? '')?.[1] ?? ''
}

const serverThatTrusts = (text: string) => startAnotherServer(app, { trustProxy: TrustProxy.parse(text) })

const hostOf = (url: string) => new URL(url).host

test('a client behind a trusted proxy has its own address, and the scheme and host that it uses', async () => {
  for (const trusted of ['1', '127.0.0.1', '10.0.0.0/8, 127.0.0.1/32']) {
    const { url } = await serverThatTrusts(trusted)
    const proxy = await startProxy({ to: url })
    expect(await recordedFor(proxy)).toBe(CLIENT)
    expect(await linkedFor(proxy)).toBe(`https://${hostOf(proxy)}`)
    expect(await linkedFor(proxy, { host: 'releases.example.com:8443' })).toBe('https://releases.example.com:8443')
  }
})

test('a header that the client sets in front of the proxy does not count', async () => {
  const { url } = await serverThatTrusts('127.0.0.1')
  const proxy = await startProxy({ to: url })
  expect(await recordedFor(proxy, { 'x-forwarded-for': '8.8.8.8, 127.0.0.1, 9.9.9.9' })).toBe(CLIENT)
})

test('the outer one of two proxies is believed only when it is trusted, too', async () => {
  const outerAddress = '127.0.0.3'
  const expected: [trusted: string, address: string][] = [
    ['2', CLIENT],
    [`127.0.0.1,${outerAddress}`, CLIENT],
    ['1', outerAddress],
    ['127.0.0.1', outerAddress],
  ]
  for (const [trusted, address] of expected) {
    const { url } = await serverThatTrusts(trusted)
    const outer = await startProxy({ to: await startProxy({ to: url, scheme: 'http' }), from: outerAddress })
    expect([trusted, await recordedFor(outer)]).toEqual([trusted, address])
    expect(await linkedFor(outer)).toBe(`https://${hostOf(outer)}`)
  }
})

describe('the schemes that proxies add one after the other', () => {
  const chain = { 'x-forwarded-for': `8.8.8.8, ${CLIENT}, 127.0.0.3` }
  test.for([
    ['2', 'http, https, http', 'https:'],
    ['1', 'http, https, http', 'http:'],
    ['2', 'gopher, gopher, gopher', 'http:'],
  ])(
    'the scheme of the outermost trusted proxy counts, with %s hops and %s',
    async ([hops = '', proto = '', protocol]) => {
      const { url } = await serverThatTrusts(hops)
      const answered = await linkedFor(url, { ...chain, 'x-forwarded-proto': proto })
      expect(new URL(answered).protocol).toBe(protocol)
    },
  )
})

describe('headers that hold no address, scheme or host', () => {
  test.for([
    ['nobody', '127.0.0.1'],
    ['1.2.3.4.5', '127.0.0.1'],
    ['8.8.8.8, <script>', '127.0.0.1'],
    ['"; DROP TABLE users', '127.0.0.1'],
    [',,, ,', '127.0.0.1'],
    ['2001:db8::7', '2001:db8::7'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
  ])('the header X-Forwarded-For: %s counts only as far as it holds addresses', async ([given = '', address]) => {
    const { url } = await serverThatTrusts('127.0.0.1')
    expect(await recordedFor(url, { 'x-forwarded-for': given }, '127.0.0.1')).toBe(address)
  })

  test.for(['evil.example/path', 'user@evil.example', 'a b', 'x'.repeat(300), '[::1', 'a:123456', '"'])(
    'the header X-Forwarded-Host: %s is ignored',
    async (given) => {
      const { url } = await serverThatTrusts(CLIENT)
      expect(await linkedFor(url, { 'x-forwarded-host': given })).toBe(url)
    },
  )
})

test('the headers have no effect without the setting, or from a client that is not trusted', async () => {
  const headers = {
    'x-forwarded-for': '8.8.8.8',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'evil.example',
    forwarded: 'for=8.8.8.8;proto=https;host=evil.example',
  }
  for (const { url } of [app, await serverThatTrusts('127.0.0.1,10.0.0.0/8')]) {
    expect(await recordedFor(url, headers)).toBe(CLIENT)
    expect(await linkedFor(url, headers)).toBe(`http://${hostOf(url)}`)
  }
})

test('absolute URLs in an answer begin with BASE_URL, whatever a proxy says', async () => {
  const { url } = await serverThatTrusts(CLIENT)
  const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'other.example', 'private-token': '' }
  const path = `/api/v4/projects/${world.project.id}/releases`
  const { text } = await sendFrom(url + path, {
    from: CLIENT,
    headers: { ...headers, 'private-token': world.tokens.developer ?? '' },
  })
  expect(JSON.parse(text)[0]._links.self).toMatch(new RegExp(`^${app.url}/`))
  expect(text).not.toContain('other.example')
})
