import { execFile } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { withConnection } from '../../src/database/connections/connection.ts'
import { newDataDir, serve, until } from '../process/serve-world.ts'
import { createDatabase } from '../support/database.ts'
import { schemaDiff } from '../support/schema-diff.ts'
import { ask } from '../support/server-process.ts'
import { startSilentProxy } from '../support/silent-proxy.ts'
import { createWriter } from './writer.ts'

const run = promisify(execFile)

const POOL_SIZE = 10
const QUERY = '{ project(fullPath: "demo/waybill") { id } }'

/** A server whose connection to the database can be cut without notice to either side. */
async function startServer() {
  const database = await createDatabase()
  const proxy = await startSilentProxy(database.url)
  const server = serve({ DATABASE_URL: proxy.url, DATA_DIR: await newDataDir() })
  const url = await server.listening()
  expect(await ask(url, QUERY)).toEqual({ data: { project: null } })
  return { database, proxy, server, url }
}

/** Writes that wait for each other keep all connections of the pool busy, so that all are open afterwards. */
async function openAllConnections(url: string, databaseUrl: string): Promise<void> {
  const write = await createWriter(url, databaseUrl)
  const writes = await withConnection(databaseUrl, async (client) => {
    await client.query('BEGIN; LOCK TABLE milestones')
    const sent = Array.from({ length: POOL_SIZE }, (_, n) => write(`M${n}`))
    const waiting = `SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
      WHERE datname = current_database() AND NOT granted`
    await until(async () => (await client.query(waiting)).rowCount === POOL_SIZE)
    await client.query('COMMIT')
    return Promise.all(sent)
  })
  expect(writes.map(({ status }) => status)).toEqual(Array.from({ length: POOL_SIZE }, () => 201))
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
    signal: AbortSignal.timeout(30_000),
  })

test('connections whose packets are swallowed are given up, and new ones serve within ten seconds', async () => {
  const { database, proxy, url } = await startServer()
  await openAllConnections(url, database.url)
  proxy.swallow('open')
  // A connection of its own would work, and say nothing about those that serve.
  expect((await fetch(`${url}/ready`, { signal: AbortSignal.timeout(30_000) })).status).toBe(503)
  // The one that was found to be cut has taken the idle ones with it, of which each would take three seconds.
  const { ms } = await timed(() => until(async () => (await post(url)).status === 200))
  expect(ms).toBeLessThan(2_500)
  for (let n = 0; n < 20; n++) expect((await timed(() => ask(url, QUERY))).ms).toBeLessThan(2_000)
})

test('connections that idle probe the other end, so that they notice that it has gone', async () => {
  const { proxy } = await startServer()
  const sockets = async () => {
    const { stdout } = await run('ss', ['-tnoH', 'state', 'established', 'dst', `127.0.0.1:${new URL(proxy.url).port}`])
    return stdout.trim().split('\n')
  }
  await until(async () => (await sockets()).every((socket) => socket.includes('timer:(keepalive,')))
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
