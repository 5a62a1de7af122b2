import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import S3rver from 's3rver'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { createStorage } from '../../../src/storage/create-storage.ts'
import { StorageLocation } from '../../../src/storage/storage-location.ts'
import { startAnotherServer } from '../../support/another-server.ts'
import { type TestApp, useApp } from '../../support/app.ts'
import { createWorld, type World } from '../../support/world.ts'
import { as, fileUrl, get, put } from './package-client.ts'

const app = useApp()
const MIB = 1024 ** 2
const CONTENT = Buffer.alloc(2 * MIB, 'a')

type Fault = (request: IncomingMessage, response: ServerResponse) => void

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

/** A store that works, behind a server that can be told to fail. */
async function startStore() {
  const directory = path.join(inject('scratch'), 'failing-s3')
  const store = new S3rver({
    ...{ address: '127.0.0.1', port: 0, silent: true, directory },
    configureBuckets: [{ name: 'packages', configs: [] }],
  })
  const { port } = await store.run()
  const state: { fault: Fault | null } = { fault: null }
  const front = createServer((sent, response) => {
    if (state.fault) return state.fault(sent, response)
    const onward = request({ host: '127.0.0.1', port, method: sent.method, path: sent.url, headers: sent.headers })
    onward.on('response', (answer) => answer.pipe(response.writeHead(answer.statusCode ?? 500, answer.headers)))
    sent.pipe(onward).on('error', () => response.destroy())
  }).listen(0, '127.0.0.1')
  await once(front, 'listening')
  const close = async () => {
    front.closeAllConnections()
    front.close()
    await store.close()
  }
  return { state, url: `http://127.0.0.1:${(front.address() as AddressInfo).port}`, close }
}

let store: Awaited<ReturnType<typeof startStore>>
let world: World
beforeAll(async () => {
  // The credentials that the store knows.
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'S3RVER')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'S3RVER')
  store = await startStore()
  world = await createWorld(app)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await store.close()
})

const serverOn = (endpoint: string): Promise<TestApp> => {
  const storage = StorageLocation.parse(`s3://packages?endpoint=${endpoint}`) ?? null
  return startAnotherServer(app, { storage: createStorage({ dataDir: app.packagesDir, storage }) })
}

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
    const server = await serverOn(store.url)
    expect((await put(server, world, CONTENT, { file: 'kept.bin' })).status).toBe(201)
    store.state.fault = faults[name] as Fault
    expect(await told(await put(server, world, CONTENT))).toEqual(STORE)
    expect(await told(await get(server, world, { file: 'kept.bin' }))).toEqual(READ)
    const form = new FormData()
    form.set('file', new File(['x'], 'x.txt'))
    const uploads = `${server.url}/api/v4/projects/${world.project.id}/uploads`
    const upload = await fetch(uploads, { method: 'POST', headers: as(world, 'developer'), body: form })
    expect(await told(upload)).toEqual(STORE)
    store.state.fault = null
    expect((await put(server, world, CONTENT)).status).toBe(201)
    expect(Buffer.from(await (await get(server, world, { file: 'kept.bin' })).arrayBuffer()).equals(CONTENT)).toBe(true)
  },
)

test('a store that nobody can reach is reported as a failure of the server', async () => {
  const server = await serverOn(store.url)
  expect((await put(server, world, CONTENT)).status).toBe(201)
  const cutOff = await serverOn('http://127.0.0.1:1')
  expect(await told(await get(cutOff, world))).toEqual(READ)
  expect(await told(await put(cutOff, world, CONTENT))).toEqual(STORE)
})

test('a store that is silent is given up', { timeout: 60_000 }, async () => {
  const server = await serverOn(store.url)
  expect((await put(server, world, CONTENT)).status).toBe(201)
  store.state.fault = () => undefined
  const started = performance.now()
  expect(await told(await get(server, world))).toEqual(READ)
  expect(performance.now() - started).toBeLessThan(30_000)
  store.state.fault = null
})

test('a download that the store breaks off never looks whole', async () => {
  const server = await serverOn(store.url)
  expect((await put(server, world, CONTENT)).status).toBe(201)
  store.state.fault = (_sent, response) => {
    response.writeHead(200, { 'content-length': CONTENT.length })
    response.write(CONTENT.subarray(0, MIB), () => response.destroy())
  }
  const response = await get(server, world)
  expect(response.status).toBe(200)
  await expect(response.arrayBuffer()).rejects.toThrow()
  store.state.fault = null
})

test('an upload of several parts that the store breaks off gets an answer, and leaves no file', async () => {
  const server = await serverOn(store.url)
  const full = saying(507, 'InsufficientStorage')
  store.state.fault = full
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
  store.state.fault = null
  expect((await get(server, world, { file: 'large.bin' })).status).toBe(404)
})
