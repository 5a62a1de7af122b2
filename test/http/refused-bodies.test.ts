import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { startAnotherServer } from '../support/another-server.ts'
import { useApp } from '../support/app.ts'
import { createWorld, type World } from '../support/world.ts'

const app = useApp()

let world: World
beforeAll(async () => {
  world = await createWorld(app)
})

const MIB = 1024 ** 2
const project = () => `/api/v4/projects/${world.project.id}`
const file = () => `${project()}/packages/generic/app/1.0.0/app.bin`
const report = () => `${project()}/report_artifacts/${world.release.sha}/report.xml`
const push = () => `/${world.project.fullPath}.git/git-receive-pack`

const as = (name: 'guest' | 'developer') => ({ 'private-token': world.tokens[name] ?? '' })
const basic = (token: string) => ({ authorization: `Basic ${Buffer.from(`t:${token}`).toString('base64')}` })
const json = { 'content-type': 'application/json' }

type Refused = { line: () => string; headers?: () => Record<string, string>; bytes?: number; status: number }

const refused: Record<string, Refused> = {
  'a file of a package from nobody': { line: () => `PUT ${file()}`, status: 401 },
  'a file of a package from a guest': { line: () => `PUT ${file()}`, headers: () => as('guest'), status: 403 },
  'a file of a package with a wrong token': {
    line: () => `PUT ${file()}`,
    headers: () => ({ 'private-token': 'wrong' }),
    status: 401,
  },
  'a file of a package with a wrong name': {
    line: () => `PUT ${project()}/packages/generic/a%20b/1/a`,
    headers: () => as('developer'),
    status: 400,
  },
  'a form without a file': {
    line: () => `PUT ${file()}`,
    headers: () => ({ ...as('developer'), 'content-type': 'multipart/form-data; boundary=x' }),
    status: 400,
  },
  'a report from a guest': { line: () => `PUT ${report()}`, headers: () => as('guest'), status: 403 },
  'a report that is too large': {
    line: () => `PUT ${report()}`,
    headers: () => as('developer'),
    bytes: 101 * MIB,
    status: 413,
  },
  'a release that is too large': {
    line: () => `POST ${project()}/releases`,
    headers: () => ({ ...as('developer'), ...json }),
    status: 413,
  },
  'a release from nobody': {
    line: () => `POST ${project()}/releases`,
    headers: () => json,
    bytes: 3 * MIB,
    status: 413,
  },
  'a query that is too large': {
    line: () => 'POST /graphql',
    headers: () => ({ ...as('developer'), ...json }),
    status: 413,
  },
  'a query of no type': { line: () => 'POST /graphql', headers: () => as('developer'), status: 415 },
  'a push from nobody': { line: () => `POST ${push()}`, status: 401 },
  'a push with a wrong token': { line: () => `POST ${push()}`, headers: () => basic('wrong'), status: 401 },
  'a push from a guest': { line: () => `POST ${push()}`, headers: () => basic(world.tokens.guest ?? ''), status: 403 },
  'a push in no known encoding': {
    line: () => `POST ${push()}`,
    headers: () => ({ ...basic(world.tokens.maintainer ?? ''), 'content-encoding': 'br' }),
    status: 415,
  },
  'a path of nothing': { line: () => 'POST /nowhere', status: 404 },
}

const PIECE = Buffer.alloc(64 * 1024, 'x')

/** Sending the body in chunks takes more than a second. */
async function sendBody(socket: Socket, bytes: number, chunked: boolean): Promise<void> {
  const pauseMs = 1500 / Math.ceil(bytes / PIECE.length)
  for (let left = bytes; left > 0; left -= PIECE.length) {
    if (chunked) await setTimeout(pauseMs)
    const piece = PIECE.subarray(0, Math.min(PIECE.length, left))
    if (chunked) socket.write(`${piece.length.toString(16)}\r\n`)
    const drained = socket.write(piece)
    if (chunked) socket.write('\r\n')
    if (!drained) await once(socket, 'drain')
  }
  if (chunked) socket.write('0\r\n\r\n')
}

/**
 * Sends everything before it reads anything, as simple clients do, and returns the answer. Fails when the connection is reset.
 */
async function stubbornly(url: string, request: Refused, chunked = false): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true })
  try {
    return await exchange(socket, request, chunked)
  } finally {
    // Not in `onTestFinished`, which takes all tests that run at the same time for one, and cuts off the others.
    socket.destroy()
  }
}

async function exchange(
  socket: Socket,
  { line, headers = () => ({}), bytes = 20 * MIB }: Refused,
  chunked: boolean,
): Promise<string> {
  const length = chunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': String(bytes) }
  const lines = Object.entries({ host: 'waybill', ...length, ...headers() }).map(([name, value]) => `${name}: ${value}`)
  const failure = once(socket, 'error').then(([error]) => Promise.reject(error))
  failure.catch(() => {})
  socket.write(`${line()} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
  await Promise.race([sendBody(socket, bytes, chunked), failure])
  // The next request on the same connection: a server that kept it open must answer.
  socket.write('GET /health HTTP/1.1\r\nhost: waybill\r\nconnection: close\r\n\r\n')
  return String(await Promise.race([buffer(socket.pipe(new PassThrough())), failure]))
}

const answerOf = (text: string) => {
  const [head = '', ...rest] = text.split('\r\n\r\n')
  const [, length] = /content-length: (\d+)/i.exec(head) ?? []
  const body = rest.join('\r\n\r\n')
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]), closes: /connection: close/i.test(head), length, body }
}

function expectWhole(text: string, status: number): void {
  const { closes, length, body, ...rest } = answerOf(text)
  expect(rest).toEqual({ status })
  if (!closes) return void expect(body).toContain('"status":"ok"')
  if (length === undefined) expect(body).toMatch(/\r\n0\r\n\r\n$/)
  else expect(Buffer.byteLength(body)).toBe(Number(length))
}

describe.concurrent('a client whose body is refused', () => {
  test.for(Object.keys(refused))(
    'a client that sends %s sees the whole answer, and its connection goes on or is closed as the answer says',
    async (name) => {
      const one = refused[name] as Refused
      expectWhole(await stubbornly(app.url, one), one.status)
    },
  )

  test.for(Object.keys(refused).filter((name) => refused[name]?.bytes === undefined))(
    'a client that sends %s slowly and in chunks sees the whole answer',
    async (name) => {
      const one = refused[name] as Refused
      expectWhole(await stubbornly(app.url, one, true), one.status)
    },
  )
})

test('a full storage answers with a failure of the server, and the connection can be used again', async () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  const put = async (_key: string, body: Readable) => {
    for await (const _chunk of body) throw full
  }
  const { url } = await startAnotherServer(app, { storage: { ...app.storage, put } })
  const text = await stubbornly(url, { line: () => `PUT ${file()}`, headers: () => as('developer'), status: 503 })
  expectWhole(text, 503)
  expect(text).toMatch(/retry-after: 60\r\n/i)
  expect(text).toContain('{"message":"The server cannot store files now: try again later"}')
})

test('a client that goes on sending after its answer is cut off in the end', async () => {
  const { url } = await startAnotherServer(app, { connections: { restMs: 500 } })
  const endless = async function* () {
    for (;;) {
      yield PIECE
      await setTimeout(5)
    }
  }
  const { hostname, port } = new URL(url)
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true })
  socket.on('error', () => {}).resume()
  const started = performance.now()
  socket.write(`PUT ${file()} HTTP/1.1\r\nhost: waybill\r\ncontent-length: 10000000000\r\n\r\n`)
  Readable.from(endless()).pipe(socket)
  await new Promise((resolve) => socket.once('close', resolve))
  expect(performance.now() - started).toBeGreaterThan(450)
  expect(performance.now() - started).toBeLessThan(5000)
})
