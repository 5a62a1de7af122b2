import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { pipeline, Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { pino } from 'pino'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createAnswerWatch, UNREAD_BOUNDS, type UnreadBounds } from '../../src/http/unread-answers.ts'
import { startAnotherServer } from '../support/another-server.ts'
import { useApp } from '../support/app.ts'
import * as create from '../support/factories.ts'
import { createWorld, type World } from '../support/world.ts'

const app = useApp()

let world: World
beforeAll(async () => {
  world = await createWorld(app)
})

const MEGABYTE = 1_000_000
/** More bytes than the kernel takes for a client that does not read. */
const LARGE = 9 * MEGABYTE

/** A server that does nothing but answer, and the bytes in its memory for clients that do not read. */
async function startServer(bounds: Partial<UnreadBounds>, listener: RequestListener) {
  let cut = 0
  const watch = createAnswerWatch({ ...UNREAD_BOUNDS, ...bounds }, () => (cut += 1))
  const sockets = new Set<Socket>()
  const server = createServer((request, response) => {
    watch.begin(response)
    response.once('close', () => watch.end(response))
    listener(request, response)
  })
  server.on('connection', (socket) => sockets.add(socket))
  server.timeout = 300_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const open = () => [...sockets].filter((socket) => !socket.destroyed)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut: () => cut,
    open: () => open().length,
    unreadBytes: () => open().reduce((sum, { writableLength }) => sum + writableLength, 0),
  }
}

/** Sends a request and reads nothing of the answer until it is told to. */
function askWithoutReading(url: string, path = '/', token?: string | null): Socket {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname).on('error', () => {})
  const credential = token ? `private-token: ${token}\r\n` : ''
  socket.write(`GET ${path} HTTP/1.1\r\nhost: waybill\r\n${credential}\r\n`)
  socket.pause()
  onTestFinished(() => void socket.destroy())
  return socket
}

const large: RequestListener = (_request, response) => response.end(Buffer.alloc(LARGE, 'x'))
const IN_TIME = { timeout: 10_000, interval: 50 }

describe('answers that nobody reads', () => {
  test('answers that nobody reads never hold more bytes together than their limit, because the oldest are cut off, and a client that reads gets all', async () => {
    const MOST = 50 * MEGABYTE
    const server = await startServer({ unreadBytes: MOST }, large)
    let most = 0
    for (let n = 0; n < 60; n++) {
      askWithoutReading(server.url)
      await setTimeout(5)
      most = Math.max(most, server.unreadBytes())
    }
    await expect.poll(server.cut, IN_TIME).toBeGreaterThanOrEqual(54)
    expect(server.open()).toBe(60 - server.cut())
    expect(most).toBeLessThan(MOST + 2 * LARGE)
    expect(server.unreadBytes()).toBeGreaterThan(3 * LARGE)
    expect((await (await fetch(server.url)).arrayBuffer()).byteLength).toBe(LARGE)
  })

  test('a single answer may be larger than that', async () => {
    const server = await startServer({ unreadBytes: MEGABYTE }, large)
    expect((await (await fetch(server.url)).arrayBuffer()).byteLength).toBe(LARGE)
    expect(server.cut()).toBe(0)
  })

  test('answers that nobody reads are given up after a while, and an answer that is read slowly goes on', async () => {
    const server = await startServer({ unreadMs: 1000 }, large)
    askWithoutReading(server.url)
    const slow = askWithoutReading(server.url)
    let read = 0
    slow.on('data', (part) => {
      read += part.length
      slow.pause()
    })
    const timer = setInterval(() => slow.resume(), 15)
    onTestFinished(() => clearInterval(timer))
    await expect.poll(server.unreadBytes, IN_TIME).toBeGreaterThan(LARGE)
    await expect.poll(server.open, IN_TIME).toBe(1)
    await setTimeout(1500)
    expect([server.open(), slow.destroyed]).toEqual([1, false])
    clearInterval(timer)
    slow.removeAllListeners('data').on('data', (part) => {
      read += part.length
    })
    slow.resume()
    await expect.poll(() => read, IN_TIME).toBeGreaterThan(LARGE)
  })

  test('streams that nobody reads are given up, too', async () => {
    const server = await startServer({ unreadMs: 300 }, (_request, response) => {
      function* endless() {
        for (;;) yield Buffer.alloc(64 * 1024)
      }
      pipeline(Readable.from(endless()), response, () => {})
    })
    askWithoutReading(server.url)
    await setTimeout(100)
    expect(server.open()).toBe(1)
    await expect.poll(server.open, IN_TIME).toBe(0)
  })
})

test('a slow answer and an idle connection live as long as before', async () => {
  const server = await startServer({ unreadMs: 100 }, async (request, response) => {
    if (request.url === '/slow') await setTimeout(600)
    large(request, response)
  })
  const socket = askWithoutReading(server.url)
  let read = 0
  socket.on('data', (part) => {
    read += part.length
  })
  socket.resume()
  await expect.poll(() => read, IN_TIME).toBeGreaterThan(LARGE)
  socket.write('GET /slow HTTP/1.1\r\nhost: waybill\r\n\r\n')
  await expect.poll(() => read, IN_TIME).toBeGreaterThan(2 * LARGE)
})

describe('a client that does not read is cut off by the server itself', () => {
  /** `ended` resolves when the server has done with a request. */
  async function bounded() {
    const lines: string[] = []
    const log = pino({}, { write: (line: string) => void lines.push(line) })
    const { url } = await startAnotherServer(app, { log, connections: { unreadMs: 300 } })
    const isOver = (path: string) => lines.some((line) => line.includes('"request"') && line.includes(`"${path}"`))
    return { url, ended: (path: string) => expect.poll(() => isOver(path), IN_TIME).toBe(true) }
  }
  const restOf = async (socket: Socket) => {
    let text = ''
    socket.on('data', (part: Buffer) => {
      text += part.toString('latin1')
    })
    socket.resume()
    await new Promise((resolve) => socket.once('close', resolve))
    return text
  }

  test('the server cuts off a client that does not read a page of REST', async () => {
    const project = await create.createProject()
    const author = world.users.developer
    for (let n = 0; n < 12; n++) {
      await create.createRelease(project, {
        tag: `v${n}`,
        authorId: author.id,
        description: String(n % 10).repeat(900_000),
      })
    }
    const { url, ended } = await bounded()
    const path = `/api/v4/projects/${project.id}/releases`
    const whole = await (await fetch(app.url + path)).arrayBuffer()
    const socket = askWithoutReading(url, path)
    await ended(path)
    const text = await restOf(socket)
    expect(text).toMatch(/^HTTP\/1\.1 200 /)
    expect(text.length).toBeLessThan(whole.byteLength)
  })

  test('the server cuts off a client that does not read a file', async () => {
    const { url, ended } = await bounded()
    const path = `/api/v4/projects/${world.project.id}/packages/generic/app/1.0.0/large`
    const token = world.tokens.developer ?? ''
    const content = Buffer.alloc(2 * LARGE)
    const sent = await fetch(app.url + path, { method: 'PUT', headers: { 'private-token': token }, body: content })
    expect(sent.status).toBe(201)
    const socket = askWithoutReading(url, path, token)
    await ended(path)
    const text = await restOf(socket)
    expect(text).toMatch(/^HTTP\/1\.1 200 /)
    expect(text.length).toBeLessThan(content.length)
  })
})
