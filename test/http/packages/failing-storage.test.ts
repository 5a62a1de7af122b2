import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { beforeAll, expect, test } from 'vitest'
import { useApp } from '../../support/app.ts'
import { type Fault, useFailingStore } from '../../support/failing-store.ts'
import { createWorld, type World } from '../../support/world.ts'
import { as, fileUrl, get, put } from './package-client.ts'

const app = useApp()
const MIB = 1024 ** 2
const CONTENT = Buffer.alloc(2 * MIB, 'a')

/** A failure in the words of S3. */
const saying =
  (status: number, code: string): Fault =>
  (sent, response) => {
    sent.resume()
    response.writeHead(status, { 'content-type': 'application/xml' })
    response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`)
  }

const faults: Record<string, Fault> = {
  'is overloaded': saying(503, 'SlowDown'),
  'is full': saying(507, 'InsufficientStorage'),
  'has an error of its own': saying(500, 'InternalError'),
  'refuses the key of the server': saying(403, 'AccessDenied'),
  'has lost the bucket': saying(404, 'NoSuchBucket'),
  'resets connections': ({ socket }) => socket.destroy(),
}

const store = useFailingStore(app)
let world: World
beforeAll(async () => {
  world = await createWorld(app)
})

const told = async (response: Response) => ({
  status: response.status,
  retryAfter: response.headers.get('retry-after'),
  body: await response.json(),
})

const away = (what: string) => ({
  status: 503,
  retryAfter: '60',
  body: { message: `The server cannot ${what}: try again later` },
})
const STORE = away('store files now')
const READ = away('read its files now')

test.each(Object.keys(faults))(
  'a store that %s is reported as a failure of the server, and works again afterwards',
  async (name) => {
    const server = await store.server()
    expect((await put(server, world, CONTENT, { file: 'kept.bin' })).status).toBe(201)
    store.failBy(faults[name] as Fault)
    expect(await told(await put(server, world, CONTENT))).toEqual(STORE)
    expect(await told(await get(server, world, { file: 'kept.bin' }))).toEqual(READ)
    const form = new FormData()
    form.set('file', new File(['x'], 'x.txt'))
    const uploads = `${server.url}/api/v4/projects/${world.project.id}/uploads`
    const upload = await fetch(uploads, { method: 'POST', headers: as(world, 'developer'), body: form })
    expect(await told(upload)).toEqual(STORE)
    store.failBy(null)
    expect((await put(server, world, CONTENT)).status).toBe(201)
    expect(Buffer.from(await (await get(server, world, { file: 'kept.bin' })).arrayBuffer()).equals(CONTENT)).toBe(true)
  },
)

test('a store that nobody can reach is reported as a failure of the server', async () => {
  const server = await store.server()
  expect((await put(server, world, CONTENT)).status).toBe(201)
  const cutOff = await store.serverOn('http://127.0.0.1:1')
  expect(await told(await get(cutOff, world))).toEqual(READ)
  expect(await told(await put(cutOff, world, CONTENT))).toEqual(STORE)
})

test('a download that the store breaks off never looks whole', async () => {
  const server = await store.server()
  expect((await put(server, world, CONTENT)).status).toBe(201)
  store.failBy((_sent, response) => {
    response.writeHead(200, { 'content-length': CONTENT.length })
    response.write(CONTENT.subarray(0, MIB), () => response.destroy())
  })
  const response = await get(server, world)
  expect(response.status).toBe(200)
  await expect(response.arrayBuffer()).rejects.toThrow()
  store.failBy(null)
})

test('an upload of several parts that the store breaks off gets an answer, and leaves no file', async () => {
  const server = await store.server()
  const full = saying(507, 'InsufficientStorage')
  store.failBy(full)
  const headers = { ...as(world, 'developer'), 'content-length': 80 * MIB }
  const sent = request(fileUrl(server, world, { file: 'large.bin' }), { method: 'PUT', headers })
  const answered = once(sent, 'response')
  // Sending the rest may fail once the answer has come.
  sent.on('error', () => undefined)
  for (let left = 80; left > 0; left--) sent.write(Buffer.alloc(MIB))
  sent.end()
  const [response] = (await answered) as [IncomingMessage]
  const body = Buffer.concat(await response.toArray()).toString()
  expect([response.statusCode, response.headers['retry-after'], JSON.parse(body)]).toEqual([503, '60', STORE.body])
  store.failBy(null)
  expect((await get(server, world, { file: 'large.bin' })).status).toBe(404)
})
