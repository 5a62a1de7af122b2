import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { connect, createServer } from 'node:net'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { pino } from 'pino'
import { expect, inject, test } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { startServer } from '../../src/server.ts'
import { takePort } from '../process/serve-world.ts'
import { createDatabase } from '../support/database.ts'
import * as create from '../support/factories.ts'
import { subscribe } from '../support/subscribe.ts'

/** Requests in flight get 30 s to finish. A subscription must not take that long. */
const SOON_MS = 3000

async function start(env: Record<string, string> = {}) {
  const database = await createDatabase()
  const dataDir = path.join(inject('scratch'), path.basename(new URL(database.url).pathname))
  const config = loadConfig({ DATABASE_URL: database.url, DATA_DIR: dataDir, PORT: '0', ...env })
  const server = await startServer({ config, log: pino({ level: 'silent' }), runsJobs: false })
  return { ...server, drop: database.drop }
}

/** The headers of the answer to a request on a connection that is kept. */
async function ask(agent: Agent, url: string) {
  const sent = request(url, { agent }).end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const body = (await response.toArray()).join('')
  return { status: response.statusCode, connection: response.headers.connection, body, reused: sent.reusedSocket }
}

test('a server that stops serves on for STOP_DELAY_SECONDS, says so to proxies, and ends each connection with its answer', async () => {
  const { baseUrl, close, drop } = await start({ STOP_DELAY_SECONDS: '1' })
  const agents = Array.from({ length: 4 }, () => new Agent({ keepAlive: true, maxSockets: 1 }))
  for (const agent of agents) expect(await ask(agent, `${baseUrl}/health`)).toMatchObject({ connection: 'keep-alive' })
  const stopping = performance.now()
  const closed = close()
  const [git, graphql, ready, rest] = await Promise.all(
    ['/a/b.git/info/refs?service=git-upload-pack', '/graphql?query={__typename}', '/ready', '/api/v4/version'].map(
      (at, n) => ask(agents[n] as Agent, baseUrl + at),
    ),
  )
  expect(git).toMatchObject({ status: 401, connection: 'close', reused: true })
  expect(graphql).toMatchObject({ status: 200, connection: 'close', reused: true })
  expect(rest).toMatchObject({ status: 401, connection: 'close', reused: true })
  const body = JSON.stringify({ status: 'unready', reason: 'the server is stopping' })
  expect(ready).toEqual({ status: 503, connection: 'close', reused: true, body })
  // The server takes new connections, too.
  expect(await ask(new Agent(), `${baseUrl}/health`)).toMatchObject({ status: 200, connection: 'close', reused: false })
  await closed
  expect(performance.now() - stopping).toBeGreaterThan(990)
  await expect(fetch(`${baseUrl}/health`)).rejects.toThrow('fetch failed')
  await drop()
})

test('after STOP_DELAY_SECONDS reads fail for a moment, which sends nginx away, and writes are still answered', async () => {
  const { baseUrl, close, drop } = await start({ STOP_DELAY_SECONDS: '1' })
  const { port, hostname } = new URL(baseUrl)
  const closed = close()
  await setTimeout(1100)
  for (const method of ['GET', 'HEAD'])
    await expect(fetch(`${baseUrl}/health`, { method })).rejects.toThrow('fetch failed')
  const body = JSON.stringify({ query: '{ __typename }' })
  const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
  expect(await (await fetch(`${baseUrl}/graphql`, post)).json()).toEqual({ data: { __typename: 'Query' } })
  // A read that is sent after a write on the same connection does not take the answer of the write with it.
  const socket = connect(Number(port), hostname)
  const head = `Host: ${hostname}\r\nContent-Type: application/json\r\n`
  socket.write(
    `POST /graphql HTTP/1.1\r\n${head}Content-Length: ${body.length}\r\n\r\n${body}GET /health HTTP/1.1\r\n${head}\r\n`,
  )
  expect((await socket.toArray()).join('')).toContain('{"data":{"__typename":"Query"}}')
  await closed
  await expect(fetch(`${baseUrl}/graphql`, post)).rejects.toThrow('fetch failed')
  await drop()
})

test('a server that stops does not wait for connections on which nothing was asked', async () => {
  const { baseUrl, close, drop } = await start()
  const { port, hostname } = new URL(baseUrl)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  // The server has accepted the connection by then.
  expect((await fetch(`${baseUrl}/health`)).status).toBe(200)
  const stopping = performance.now()
  await close()
  expect(performance.now() - stopping).toBeLessThan(SOON_MS)
  socket.destroy()
  await drop()
})

test('a port that somebody else has taken by the time the server can answer ends the start', async () => {
  const { port, release } = await takePort()
  await release()
  let released = async () => {}
  const database = await createDatabase()
  const config = loadConfig({
    DATABASE_URL: database.url,
    DATA_DIR: path.join(inject('scratch'), 'taken'),
    PORT: String(port),
  })
  const prepare = async () => {
    const taken = createServer().listen(port, '127.0.0.1')
    await once(taken, 'listening')
    released = async () => void taken.close()
  }
  const starting = startServer({ config, log: pino({ level: 'silent' }), runsJobs: false, prepare })
  await expect(starting).rejects.toThrow(/the port is in use\): set PORT to a free one$/)
  await released()
  await database.drop()
})

test('a server that stops completes its subscriptions, and does not wait for their clients to go', async () => {
  const { baseUrl: url, close, drop } = await start()
  const { fullPath } = await create.createProject()
  const document = 'subscription ($p: ID!) { releasePublished(projectPath: $p) { id } }'
  const stream = await subscribe({ url }, document, { variables: { p: fullPath } })
  const stopping = performance.now()
  await close()
  expect(performance.now() - stopping).toBeLessThan(SOON_MS)
  expect(await stream.next()).toBeNull()
  await drop()
})
