import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startAnotherServer } from '../support/another-server.ts'
import { type TestApp, useApp } from '../support/app.ts'
import { createWorld, type World } from '../support/world.ts'

const app = useApp()

let world: World
beforeAll(async () => {
  world = await createWorld(app)
})

const SILENCE_MS = 400
const impatient = () => startAnotherServer(app, { connections: { silenceMs: SILENCE_MS } })

const json = { 'content-type': 'application/json' }

type Door = { method: string; path: () => string; headers?: Record<string, string>; streams?: true }

/** Each door reads its body in a different way. */
const doors: Record<string, Door> = {
  'a short query': { method: 'POST', path: () => '/graphql', headers: { ...json, 'content-length': '5000' } },
  'a long query': { method: 'POST', path: () => '/graphql', headers: { ...json, 'content-length': '500000' } },
  'a query in chunks': {
    method: 'POST',
    path: () => '/api/graphql',
    headers: { ...json, 'transfer-encoding': 'chunked' },
  },
  'REST with JSON': { method: 'POST', path: () => `/api/v4/projects/${world.project.id}/releases`, headers: json },
  'REST with a form': {
    method: 'POST',
    path: () => `/api/v4/projects/${world.project.id}/releases`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  },
  'a file of a package': {
    method: 'PUT',
    path: () => `/api/v4/projects/${world.project.id}/packages/generic/app/1.0.0/app.bin`,
    streams: true,
  },
  'a report artifact': {
    method: 'PUT',
    path: () => `/api/v4/projects/${world.project.id}/report_artifacts/${world.release.sha}/report.xml`,
    streams: true,
  },
  'a push': {
    method: 'POST',
    path: () => `/${world.project.fullPath}.git/git-receive-pack`,
    headers: { 'content-type': 'application/x-git-receive-pack-request' },
    streams: true,
  },
}

const all = Object.keys(doors)
const whole = all.filter((name) => !doors[name]?.streams)
const streams = all.filter((name) => doors[name]?.streams)

/** Sends the head of a request. */
function begin({ url }: TestApp, name: string): Socket {
  const { method, path, headers = {} } = doors[name] as Door
  const token = Buffer.from(`t:${world.tokens.maintainer}`).toString('base64')
  const all: Record<string, string> = {
    host: 'waybill',
    'content-length': '5000',
    ...(name === 'a push' ? { authorization: `Basic ${token}` } : { 'private-token': world.tokens.maintainer ?? '' }),
    ...headers,
  }
  if (all['transfer-encoding']) delete all['content-length']
  const lines = Object.entries(all).map(([key, value]) => `${key}: ${value}`)
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  socket.write(`${method} ${path()} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
  onTestFinished(() => void socket.destroy())
  return socket
}

/** Everything that comes until the connection ends. */
async function answerOn(socket: Socket): Promise<string> {
  let text = ''
  socket.setEncoding('utf8').on('data', (part: string) => {
    text += part
  })
  await once(socket, 'close')
  return text
}

const isChunked = (name: string) => doors[name]?.headers?.['transfer-encoding'] !== undefined

async function drip(socket: Socket, name: string, everyMs: number): Promise<void> {
  while (!socket.destroyed) {
    socket.write(isChunked(name) ? '1\r\n \r\n' : ' ')
    await setTimeout(everyMs)
  }
}

const tooSlow = /^HTTP\/1\.1 408 Request Timeout\r\nconnection: close\r\n.*\r\n\r\n\{"message":"408 Request Timeout: /s

describe('a body that stands still', () => {
  test.for(all)('a body that stands still ends the request: %s', async (name) => {
    const server = await impatient()
    const started = performance.now()
    expect(await answerOn(begin(server, name))).toMatch(tooSlow)
    expect(performance.now() - started).toBeGreaterThan(SILENCE_MS * 0.9)
    expect(await (await fetch(`${server.url}/metrics`)).text()).toContain('_connections_cut_total{reason="slow"} 1')
  })
})

describe('a body that comes a byte at a time', () => {
  test.for(whole)('a body that comes a byte at a time ends the request: %s', async (name) => {
    const server = await impatient()
    const socket = begin(server, name)
    void drip(socket, name, 30)
    expect(await answerOn(socket)).toMatch(tooSlow)
  })
})

describe('a slow stream', () => {
  test.for(streams)('a stream may come slowly: %s', async (name) => {
    const server = await impatient()
    const socket = begin(server, name)
    void drip(socket, name, 50)
    await setTimeout(SILENCE_MS * 4)
    expect(socket.destroyed).toBe(false)
    socket.destroy()
  })
})

test('a body that comes at a bearable rate is taken, however long it lasts', async () => {
  const server = await impatient()
  const body = JSON.stringify({ query: '{ currentUser { username } }' })
  const started = performance.now()
  const answer = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { ...json, 'private-token': world.tokens.maintainer ?? '' },
    duplex: 'half',
    body: new ReadableStream({
      async start(controller) {
        for (let n = 0; n < 20; n++) {
          controller.enqueue(new TextEncoder().encode(' '.repeat(1000)))
          await setTimeout(60)
        }
        controller.enqueue(new TextEncoder().encode(body))
        controller.close()
      },
    }),
  } as RequestInit)
  expect(performance.now() - started).toBeGreaterThan(2 * SILENCE_MS)
  expect(await answer.json()).toEqual({ data: { currentUser: { username: world.users.maintainer.username } } })
})
