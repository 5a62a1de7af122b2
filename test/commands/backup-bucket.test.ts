// A server whose files are in a bucket, and backups in a bucket.
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import S3rver from 's3rver'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createStorage } from '../../src/storage/create-storage.ts'
import { StorageLocation } from '../../src/storage/storage-location.ts'
import { startAnotherServer } from '../support/another-server.ts'
import { createElsewhere, createFiledWorld } from './backup-world.ts'
import { useCommands } from './run-command.ts'

// Each test runs several commands of the operator, which open and migrate a database.
vi.setConfig({ testTimeout: 180_000 })

const commands = useCommands()

let directory = ''
let endpoint = ''
let stop = async () => {}
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'waybill-buckets-'))
  const server = new S3rver({
    ...{ address: '127.0.0.1', port: 0, silent: true, directory },
    configureBuckets: ['files', 'restored', 'backups'].map((name) => ({ name, configs: [] })),
  })
  const { port } = await server.run()
  stop = () => server.close()
  endpoint = `endpoint=http://127.0.0.1:${port}`
  // The credentials that the store knows.
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'S3RVER')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'S3RVER')
})
afterAll(async () => {
  await stop()
  await rm(directory, { recursive: true, force: true })
})

const keysIn = async (bucket: string) =>
  (await readdir(path.join(directory, bucket), { recursive: true })).filter((name) => name.endsWith('_object'))

test('a backup of files in a bucket goes into another bucket, encrypted, and into a third one from there', async () => {
  const place = (bucket: string) => `s3://${bucket}/waybill?${endpoint}`
  const storage = createStorage({ dataDir: directory, storage: StorageLocation.parse(place('files')) ?? null })
  const server = await startAnotherServer({ ...commands.app, storage })
  await createFiledWorld(Object.assign(server, { repositories: commands.app.repositories }))
  vi.stubEnv('STORAGE', place('files'))
  vi.stubEnv('WAYBILL_BACKUP_KEY', 'ab'.repeat(32))
  for (let time = 0; time < 2; time++) {
    expect(await commands.run('backup', place('backups'))).toMatchObject({ stderr: '', exitCode: 0 })
  }
  expect((await commands.run('backup', place('files'))).stderr).toContain("apart from the server's own files")
  expect((await commands.run('backup', `s3://gone/x?${endpoint}`)).exitCode).toBe(1)
  const elsewhere = await createElsewhere(commands)
  vi.stubEnv('STORAGE', place('restored'))
  expect(await elsewhere.run('restore', place('backups'))).toMatchObject({ stderr: '', exitCode: 0 })
  const checked = await elsewhere.run('doctor', '--digests')
  expect([checked.stdout, checked.exitCode]).toEqual([expect.stringContaining('Checked 4 files'), 0])
  expect(await keysIn('restored')).toEqual(await keysIn('files'))
  expect((await keysIn('backups')).length).toBeGreaterThan(4)
  vi.stubEnv('STORAGE', '')
})
