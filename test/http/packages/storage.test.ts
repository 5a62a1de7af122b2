import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { pino } from 'pino'
import S3rver from 's3rver'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createArchives } from '../../../src/modules/archives/archives.ts'
import { createStorage } from '../../../src/storage/create-storage.ts'
import type { FileStorage, ListedFile } from '../../../src/storage/file-storage.ts'
import { StorageLocation } from '../../../src/storage/storage-location.ts'
import { startAnotherServer } from '../../support/another-server.ts'
import { useApp } from '../../support/app.ts'
import { createWorld } from '../../support/world.ts'
import { uploadedObject } from '../git/lfs-client.ts'
import { writeFiles } from '../pages/archive-world.ts'
import { get, put } from './package-client.ts'

const app = useApp()
const MIB = 1024 ** 2
const storages: Record<string, FileStorage> = {}

let dataDir = ''
let stop = async () => {}
beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'waybill-storage-'))
  const directory = path.join(dataDir, 's3')
  const server = new S3rver({
    ...{ address: '127.0.0.1', port: 0, silent: true, directory },
    configureBuckets: [{ name: 'packages', configs: [] }],
  })
  const { port } = await server.run()
  stop = () => server.close()
  // The credentials that the store knows.
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'S3RVER')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'S3RVER')
  const storage = StorageLocation.parse(`s3://packages/some/folder?endpoint=http://127.0.0.1:${port}`) ?? null
  Object.assign(storages, { disk: createStorage({ dataDir, storage: null }), s3: createStorage({ dataDir, storage }) })
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await stop()
  await rm(dataDir, { recursive: true, force: true })
})

/** A body that fails after a part of it. */
async function* broken(content: Buffer) {
  yield content
  throw new Error('cut off')
}

describe.each(['disk', 's3'])('the storage on %s', (name) => {
  const storage = () => storages[name] as FileStorage
  const all = (prefix: string): Promise<ListedFile[]> => Readable.from(storage().list(prefix)).toArray()
  const read = async (key: string, range?: { start: number; end: number }) => {
    const content = await storage().get(key, range)
    return content && (await buffer(content))
  }

  test('gives back what it was given, and parts of it', async () => {
    const content = randomBytes(100_000)
    await storage().put('7/whole', Readable.from([content.subarray(0, 10), content.subarray(10)]))
    expect((await read('7/whole'))?.equals(content)).toBe(true)
    expect(await read('7/whole', { start: 5, end: 8 })).toEqual(content.subarray(5, 9))
  })

  test('keeps more than fits into one part of an upload', async () => {
    const content = randomBytes(33 * MIB)
    await storage().put('7/large', Readable.from([content]))
    const stored = await read('7/large')
    const digest = (bytes: Buffer | null) =>
      createHash('sha256')
        .update(bytes ?? '')
        .digest('hex')
    expect(digest(stored)).toBe(digest(content))
  })

  test('keeps nothing of an upload that breaks off', async () => {
    const content = Readable.from(broken(randomBytes(33 * MIB)), { objectMode: false })
    await expect(storage().put('7/broken', content)).rejects.toThrow('cut off')
    expect(await read('7/broken')).toBeNull()
  })

  test('removes a file, as often as it is told to', async () => {
    await storage().put('7/gone', Readable.from(['x'], { objectMode: false }))
    for (let time = 0; time < 2; time++) await storage().remove('7/gone')
    expect(await read('7/gone')).toBeNull()
  })

  test('lists the files whose keys begin alike, with sizes and times, and none that is still incoming', async () => {
    const listed = async (prefix: string) => (await all(prefix)).map(({ key }) => key).sort()
    const begun = Date.now()
    for (const key of ['list/8/a', 'list/8/b', 'list/80/c']) {
      await storage().put(key, Readable.from([key], { objectMode: false }))
    }
    const [first] = await all('list/8/a')
    expect(first).toEqual({ key: 'list/8/a', size: 8, modifiedAt: expect.any(Date) })
    expect(Math.abs(Number(first?.modifiedAt) - begun)).toBeLessThan(60_000)
    expect(await listed('list/8')).toEqual(['list/8/a', 'list/8/b', 'list/80/c'])
    expect(await listed('list/8/')).toEqual(['list/8/a', 'list/8/b'])
    expect(await listed('none/')).toEqual([])
    const slow = new PassThrough()
    const putting = storage().put('list/8/slow', slow)
    slow.write('begun')
    await setTimeout(100)
    const everything = await listed('')
    expect(everything).toEqual(expect.arrayContaining(['list/8/a', 'list/80/c']))
    expect(everything.filter((key) => key.includes('slow'))).toEqual([])
    slow.end()
    await putting
    expect(await listed('list/8/s')).toEqual(['list/8/slow'])
  })

  test('lists more files than a bucket names at once', async () => {
    const keys = Array.from({ length: 1100 }, (_, at) => `many/${at}`)
    const put = (key: string) => storage().put(key, Readable.from(['x'], { objectMode: false }))
    for (let at = 0; at < keys.length; at += 50) await Promise.all(keys.slice(at, at + 50).map(put))
    const found = await all('many/')
    expect(found.map(({ key }) => key).sort()).toEqual(keys.sort())
  })
})

test('files are kept in a folder of the bucket when the location names one', async () => {
  await (storages.s3 as FileStorage).put('7/placed', Readable.from(['x'], { objectMode: false }))
  const files = await readdir(path.join(dataDir, 's3', 'packages'), { recursive: true })
  expect(new Set(files.filter((file) => file.includes('placed')).map(path.dirname))).toEqual(new Set(['some/folder/7']))
})

test('a server that keeps packages in a bucket serves them as one that keeps them on its disk', async () => {
  const world = await createWorld(app)
  const other = await startAnotherServer({ ...app, storage: storages.s3 as FileStorage })
  const content = randomBytes(2 * MIB)
  expect((await put(other, world, content)).status).toBe(201)
  expect(Buffer.from(await (await get(other, world)).arrayBuffer()).equals(content)).toBe(true)
  const part = await get(other, world, { headers: { range: 'bytes=-3' } })
  expect([part.status, Buffer.from(await part.arrayBuffer())]).toEqual([206, content.subarray(-3)])
  // No file is on the disk of this machine, where the other server would look for it.
  expect((await get(app, world)).status).toBe(404)
  expect(await readdir(app.packagesDir).catch(() => [])).toEqual([])
})

test('objects of Git LFS are in the bucket, and in archives', async () => {
  const world = await createWorld(app)
  const storage = storages.s3 as FileStorage
  const archives = await createArchives({
    directory: path.join(dataDir, 'archives'),
    storage,
    log: pino({ level: 'silent' }),
  })
  const other = await startAnotherServer({ ...app, storage, archives })
  const film = randomBytes(100_000)
  const { oid, size } = await uploadedObject({ app: other, world, token: world.tokens.owner }, film)
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${size}\n`
  await writeFiles(app.repositories.directory(world.project.id), 'v2', { 'a.film': pointer })
  const { project } = world
  const answer = await fetch(`${other.url}/${project.fullPath}/-/archive/v2/x.tar`)
  expect(Buffer.from(await answer.arrayBuffer()).includes(film)).toBe(true)
  expect(await readdir(path.join(app.packagesDir, 'lfs')).catch(() => [])).toEqual([])
})

test.each([
  ['s3://packages', { bucket: 'packages', prefix: '', region: 'us-east-1', endpoint: undefined }],
  ['s3://packages/a/b/?region=eu-central-1', { bucket: 'packages', prefix: 'a/b/', region: 'eu-central-1' }],
])('STORAGE may be %s', (value, location) => {
  expect(StorageLocation.parse(value)).toMatchObject(location)
})

test.each(['/var/packages', 's3://', 's3://UPPER', 'https://s3.example.com', 's3://packages?endpoint=ftp://x'])(
  'STORAGE cannot be %s',
  (value) => {
    const { error } = StorageLocation.safeParse(value)
    expect(error?.issues.map(({ message }) => message).join()).toContain('must look like s3://')
  },
)
