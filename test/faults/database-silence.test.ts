import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { schemaDiff } from '../../src/database/migrations/schema-diff.ts'
import { newDataDir, serve, until } from '../process/serve-world.ts'
import { createDatabase } from '../support/database.ts'
import { ask } from '../support/server-process.ts'
import { startSilentProxy } from '../support/silent-proxy.ts'

const QUERY = '{ project(fullPath: "demo/waybill") { id } }'

/** A server whose connection to the database can be cut without notice to either side. */
async function startServer() {
  const database = await createDatabase()
  const proxy = await startSilentProxy(database.url)
  const server = serve({ DATABASE_URL: proxy.url, DATA_DIR: await newDataDir() })
  const url = await server.listening()
  expect(await ask(url, QUERY)).toEqual({ data: { project: null } })
  return { proxy, server, url }
}

/** Runs the work and returns its result and how many milliseconds it took. */
async function timed<Result>(run: () => Promise<Result>): Promise<{ result: Result; ms: number }> {
  const started = performance.now()
  const result = await run()
  return { result, ms: performance.now() - started }
}

const post = (url: string, headers: Record<string, string> = {}) =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: QUERY }),
  })

test('connections whose packets are swallowed are given up, and new ones serve within ten seconds', async () => {
  const { proxy, url } = await startServer()
  // Uses all connections of the pool.
  await Promise.all(Array.from({ length: 40 }, () => ask(url, QUERY)))
  proxy.swallow('open')
  const { ms } = await timed(() => until(async () => (await post(url)).status === 200))
  expect(ms).toBeLessThan(10_000)
  for (let n = 0; n < 20; n++) expect((await timed(() => ask(url, QUERY))).ms).toBeLessThan(2_000)
})

test('every door says 503 and when to try again, and soon, while the database host is silent', async () => {
  const { proxy, url } = await startServer()
  proxy.swallow('all')
  const first = await Promise.all(Array.from({ length: 30 }, () => timed(() => post(url))))
  for (const { result, ms } of first) {
    expect([result.status, Number(result.headers.get('retry-after')) > 0]).toEqual([503, true])
    expect(ms).toBeLessThan(10_000)
  }
  const token = { 'private-token': 'wbt_aaaaaaaaaaaaaaaaaaaa' }
  const doors: [string, RequestInit][] = [
    ['/api/v4/projects/demo%2Fwaybill/releases', {}],
    ['/api/v4/projects/demo%2Fwaybill/releases', { headers: token }],
    ['/demo/waybill/-/releases', {}],
    ['/demo/waybill.git/info/refs?service=git-upload-pack', {}],
    ['/.well-known/jwks.json', {}],
    ['/ready', {}],
  ]
  for (const [path, init] of doors) {
    const { result, ms } = await timed(() => fetch(url + path, init))
    expect([path, result.status, result.headers.has('retry-after')]).toEqual([path, 503, true])
    expect(ms).toBeLessThan(1_000)
  }
  const answer = await post(url)
  expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAVAILABLE' } }] })
  expect((await fetch(`${url}/health`)).status).toBe(200)

  proxy.heal()
  const { ms } = await timed(() => until(async () => (await post(url)).status === 200))
  expect(ms).toBeLessThan(10_000)
  expect((await fetch(`${url}/ready`)).status).toBe(200)
})

test('a server that is told to end while its database is silent ends within ten seconds', async () => {
  const { proxy, server, url } = await startServer()
  proxy.swallow('all')
  const asked = post(url)
  await setTimeout(100)
  const { result, ms } = await timed(() => {
    server.kill('SIGTERM')
    return server.ended
  })
  expect(result).toEqual({ code: 0, signal: null })
  expect(ms).toBeLessThan(10_000)
  expect((await asked).status).toBe(503)
})

test('a reader of the schema gives up on a database that is silent', async () => {
  const database = await createDatabase()
  const proxy = await startSilentProxy(database.url)
  const schemaPath = fileURLToPath(new URL('../../prisma/schema.prisma', import.meta.url))
  expect(await schemaDiff({ url: proxy.url, schemaPath })).toBeNull()
  proxy.swallow('all')
  const { ms } = await timed(() => expect(schemaDiff({ url: proxy.url, schemaPath })).rejects.toThrow())
  expect(ms).toBeLessThan(15_000)
})
