import { beforeAll, describe, expect, test } from 'vitest'
import { useApp } from '../../support/app.ts'
import { createWorld, type World } from '../../support/world.ts'
import { type RestAnswer, type RestOptions, rest } from './client.ts'

const app = useApp()

let world: World
let releases: string
beforeAll(async () => {
  world = await createWorld(app)
  releases = `/projects/${world.project.id}/releases`
})

const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' }
const JSON_TYPE = { 'content-type': 'application/json' }

const form = (body: string): RestOptions => ({ headers: FORM_TYPE, body })
const json = (body: string): RestOptions => ({ headers: JSON_TYPE, body })

/** The answer, and the time for which the server did nothing else. */
async function timed(run: () => Promise<RestAnswer>): Promise<RestAnswer & { cpuMs: number }> {
  const before = process.cpuUsage()
  const answer = await run()
  const { user, system } = process.cpuUsage(before)
  return { ...answer, cpuMs: (user + system) / 1000 }
}

/** Written by hand, so that the time in which a client makes the form is not measured. */
function multipart(parts: number): RestOptions {
  const part = '--x\r\ncontent-disposition: form-data; name="a[][b]"\r\n\r\n1\r\n'
  return { headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: `${part.repeat(parts)}--x--\r\n` }
}

const TOO_MANY = 'The body has too many fields: a request may have at most 10000'
const TOO_DEEP = 'The body is nested too deep: at most 10 levels are allowed'

const hostile: [string, () => RestOptions, string][] = [
  ['a million fields of a form', () => form('a[][b]=1&'.repeat(1_000_000)), TOO_MANY],
  [
    'a million fields of a body of no type',
    () => ({ headers: { 'content-type': '' }, body: 'a[][b]=1&'.repeat(200_000) }),
    TOO_MANY,
  ],
  ['10,001 fields of a multipart form', () => multipart(10_001), TOO_MANY],
  ['30,000 fields of a multipart form', () => multipart(30_000), TOO_MANY],
  ['a million members of JSON', () => json(`{"a":[${'{"b":1},'.repeat(200_000)}0]}`), TOO_MANY],
  ['JSON that is 900,000 levels deep', () => json(`{"a":${'['.repeat(900_000)}${']'.repeat(900_000)}}`), TOO_DEEP],
  [
    'JSON whose texts hold brackets and quotes',
    () => json(`{"a\\"[[[[[[[[[[[[":${'['.repeat(11)}${']'.repeat(11)}}`),
    TOO_DEEP,
  ],
  [
    'a form that is 11 levels deep',
    () => form(`a${'[b]'.repeat(11)}=1`),
    `a${'[b]'.repeat(11)} is invalid: at most 10 levels are allowed`,
  ],
  [
    'a form with a name of 600,000 brackets',
    () => form(`a${'[]'.repeat(300_000)}=1`),
    `a${'[]'.repeat(49)}[ is invalid: a name has at most 1000 characters`,
  ],
]

describe.each(hostile)('%s', (_what, options, error) => {
  test('is refused to a developer at once with the bound', async () => {
    const sent = { token: world.tokens.developer, ...options() }
    const { status, body, cpuMs } = await timed(() => rest(app, 'POST', releases, sent))
    expect([status, body]).toEqual([400, { error }])
    expect(cpuMs).toBeLessThan(900)
  })

  test('is refused to an anonymous viewer as fast', async () => {
    const sent = options()
    const { status, cpuMs } = await timed(() => rest(app, 'POST', releases, sent))
    expect(status).toBe(400)
    expect(cpuMs).toBeLessThan(900)
  })
})

test('a body with as many fields as it may have is read in an instant', async () => {
  const pairs = `tag_name=v1.0.0&${'a[][b]=1&'.repeat(9_998)}c=1`
  const { status, cpuMs } = await timed(() =>
    rest(app, 'POST', releases, { token: world.tokens.developer, ...form(pairs) }),
  )
  expect(status).toBe(409)
  expect(cpuMs).toBeLessThan(500)
})

test('a release may have 1,000 links, written as a form', async () => {
  const links = Array.from({ length: 1000 }, (_, n) => [
    ['assets[links][][name]', `link ${n}`],
    ['assets[links][][url]', `https://downloads.example.com/${n}`],
    ['assets[links][][link_type]', 'package'],
    ['assets[links][][direct_asset_path]', `/bin/${n}`],
  ])
  const body = new URLSearchParams([['tag_name', 'many'], ['ref', 'main'], ...links.flat()] as [string, string][])
  const { status, body: release } = await rest(app, 'POST', releases, { token: world.tokens.developer, body })
  expect([status, release.assets.count]).toEqual([201, 1004])
})

test('a multipart form of the longest body is refused before it is taken apart', async () => {
  const sent = { token: world.tokens.developer, ...multipart(270_000) }
  const { status, body, cpuMs } = await timed(() => rest(app, 'POST', releases, sent))
  expect([status, body]).toEqual([400, { error: TOO_MANY }])
  expect(cpuMs).toBeLessThan(900)
})

describe('a body of 3 MB', () => {
  const text = 'x'.repeat(900_000)
  const padded = (extra: Record<string, string>) =>
    new URLSearchParams({ tag_name: 'v1.0.0', a: text, b: text, c: text, ...extra })

  test('a body of 3 MB is not read for a viewer without a credential in front of it', async () => {
    const body = padded({ private_token: world.tokens.developer ?? '' })
    const answer = await rest(app, 'POST', releases, { body })
    expect([answer.status, answer.body]).toEqual([
      413,
      {
        error:
          '413 Request Entity Too Large: a body may have at most 2000000 bytes, unless a credential comes in a header or in the query',
      },
    ])
  })

  test('a body of 3 MB is read for a developer, whose token is in a header or in the query', async () => {
    const token = world.tokens.developer
    expect((await rest(app, 'POST', releases, { token, body: padded({}) })).status).toBe(409)
    expect((await rest(app, 'POST', `${releases}?private_token=${token}`, { body: padded({}) })).status).toBe(409)
  })
})

describe('the moment at which a body is read', () => {
  const broken = json('{')

  test('the server checks the credential before it reads the body', async () => {
    const { status, body } = await rest(app, 'POST', releases, { ...broken, token: 'wrong' })
    expect([status, body.error]).toEqual([401, 'invalid_token'])
  })

  test('the server looks for the project before it reads the body', async () => {
    const { status } = await rest(app, 'POST', '/projects/nowhere%2Fnothing/releases', {
      ...broken,
      token: world.tokens.developer,
    })
    expect(status).toBe(404)
  })
})

test('the server accepts a credential in a multipart form', async () => {
  const body = new FormData()
  body.append('private_token', world.tokens.developer ?? '')
  body.append('tag_name', 'multipart')
  body.append('ref', 'main')
  expect((await rest(app, 'POST', releases, { body })).status).toBe(201)
})

test('a file where a text is expected is refused', async () => {
  const body = new FormData()
  body.append('tag_name', new Blob(['v1']), 'v1.txt')
  const answer = await rest(app, 'POST', releases, { body, token: world.tokens.developer })
  expect([answer.status, answer.body]).toEqual([400, { error: 'tag_name is invalid' }])
})
