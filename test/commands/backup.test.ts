import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { gunzipSync, gzipSync } from 'node:zlib'
import { beforeEach, expect, test, vi } from 'vitest'
import { withConnection } from '../../src/database/connections/connection.ts'
import { db } from '../../src/database/db.ts'
import { migrate } from '../../src/database/migrations/migrate.ts'
import { listRefs } from '../../src/git/copy-repository.ts'
import { createMetrics } from '../../src/http/metrics.ts'
import { migrateJobs } from '../../src/jobs/migrate-jobs.ts'
import { isBackupRunning, whileNothingIsRemoved } from '../../src/modules/backups/backup-lock.ts'
import { openBackup, openTarget } from '../../src/modules/backups/backup-store.ts'
import { readEntries } from '../../src/modules/backups/manifest.ts'
import { parseRefs } from '../../src/modules/backups/repository-refs.ts'
import { restoreBackup } from '../../src/modules/backups/restore-backup.ts'
import { takeBackup } from '../../src/modules/backups/take-backup.ts'
import { migrationsDir } from '../../src/start/open-database.ts'
import { createStorage } from '../../src/storage/create-storage.ts'
import { temporaryDirectory } from '../support/git.ts'
import { contentsOf, createElsewhere, createFiledWorld, useFilesOf } from './backup-world.ts'
import { useCommands } from './run-command.ts'

// Each test runs several commands of the operator, which open and migrate a database.
vi.setConfig({ testTimeout: 60_000 })

const commands = useCommands()
const { app } = commands

beforeEach(async () => void (await useFilesOf(app)))

const filesIn = async (folder: string) =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort()

test('a restored backup has every row, job, ref and file, also as a role without rights elsewhere', async () => {
  await createFiledWorld(app)
  const place = path.join(await temporaryDirectory(), 'backup')
  expect(await commands.run('backup', place)).toMatchObject({ stderr: '', exitCode: 0 })
  const before = await contentsOf(app.databaseUrl, app.repositoriesDir)
  const elsewhere = await createElsewhere(commands)
  const { DATABASE_URL = '', DATA_DIR = '', REPOSITORIES_DIR = '' } = elsewhere.env
  expect(await elsewhere.run('restore', place)).toMatchObject({ stderr: '', exitCode: 0 })
  expect(await contentsOf(DATABASE_URL, REPOSITORIES_DIR)).toEqual(before)
  expect(await filesIn(path.join(DATA_DIR, 'packages'))).toEqual(await filesIn(app.packagesDir))
  const checked = await elsewhere.run('doctor', '--digests', '--json')
  expect(JSON.parse(checked.stdout)).toMatchObject({ missing: 0, damaged: 0, orphaned: 0 })
  expect(checked).toMatchObject({ stderr: '', exitCode: 0 })
})

const KEY = randomBytes(32).toString('hex')

async function newBackup(...options: string[]): Promise<string> {
  const place = path.join(await temporaryDirectory(), 'backup')
  expect(await commands.run('backup', place, ...options)).toMatchObject({ stderr: '', exitCode: 0 })
  return place
}

async function keyFile(): Promise<string> {
  const file = path.join(await temporaryDirectory(), 'key')
  await writeFile(file, `${KEY}\n`)
  return file
}

const keyed = async (place: string) => {
  const found = await Promise.all((await filesIn(place)).map((name) => readFile(path.join(place, name))))
  return found.filter((content) => content.subarray(0, 2).equals(Buffer.from([0x1f, 0x8b])) || content.includes('PACK'))
}

test('an encrypted backup tells nothing without its key, and is restored with it', async () => {
  const { project } = await createFiledWorld(app)
  const place = await newBackup('--key-file', await keyFile())
  expect(await keyed(place)).toEqual([])
  const elsewhere = await createElsewhere(commands)
  const refused = async (text: string, ...options: string[]) => {
    const { stderr, exitCode } = await elsewhere.run('restore', place, ...options)
    expect([stderr, exitCode]).toEqual([expect.stringContaining(text), 1])
  }
  await refused('The backup is encrypted: give its key')
  vi.stubEnv('WAYBILL_BACKUP_KEY', '0'.repeat(64))
  await refused('encrypted with another key')
  vi.stubEnv('WAYBILL_BACKUP_KEY', 'short')
  await refused('64 hex digits')
  vi.stubEnv('WAYBILL_BACKUP_KEY', KEY)
  const [first = '', second = ''] = (await filesIn(place)).filter((name) => name.startsWith('files/'))
  const swapped = path.join(await temporaryDirectory(), 'swapped')
  await cp(place, swapped, { recursive: true })
  await cp(path.join(place, first), path.join(swapped, second))
  expect((await elsewhere.run('restore', swapped)).stderr).toContain(`The file ${second} is damaged`)
  expect(await elsewhere.run('restore', place)).toMatchObject({ stderr: '', exitCode: 0 })
  vi.stubEnv('WAYBILL_BACKUP_KEY', '')
  expect((await elsewhere.run('doctor')).exitCode).toBe(0)
  // The next run needs the key, too.
  expect((await commands.run('backup', place)).stderr).toContain('give its key')
  const open = await newBackup()
  expect((await keyed(open)).length).toBeGreaterThan(0)
  expect((await commands.run('backup', open, '--key-file', await keyFile())).stderr).toContain('is not encrypted')
  expect(project.id).toBeGreaterThan(0)
})

test('a backup that was not finished, cut, changed or taken by a newer version is refused before anything is written', async () => {
  await createFiledWorld(app)
  const whole = await newBackup()
  const elsewhere = await createElsewhere(commands)
  const refused = async (text: string, spoil: (place: string) => Promise<unknown>) => {
    const place = path.join(await temporaryDirectory(), 'spoiled')
    await cp(whole, place, { recursive: true })
    await spoil(place)
    const { stderr, exitCode } = await elsewhere.run('restore', place)
    expect([stderr, exitCode]).toEqual([expect.stringContaining(text), 1])
    expect(stderr).not.toMatch(/ at \/|node:/)
  }
  const files = await filesIn(whole)
  const one = (kind: RegExp) => files.find((name) => kind.test(name)) ?? ''
  await refused('There is no backup', (place) => rm(place, { recursive: true }))
  await refused('no manifest', (place) => rm(path.join(place, 'manifest.jsonl.gz')))
  for (const kind of [/^files\//, /\.pack$/, /\.refs$/, /^rows\/.*users/]) {
    const name = one(kind)
    await refused(`${name} of the backup is damaged`, (place) => writeFile(path.join(place, name), 'other'))
    await refused(`does not have ${name}`, (place) => rm(path.join(place, name)))
  }
  const mark = path.join(whole, 'waybill-backup.json')
  const newer = JSON.stringify({ ...JSON.parse(await readFile(mark, 'utf8')), format: 2 })
  await refused('has the format 2', (place) => writeFile(path.join(place, 'waybill-backup.json'), newer))
  await refused('not whole', (place) => rewriteManifest(place, (lines) => lines.slice(0, -2)))
  await refused('which is newer', (place) =>
    rewriteManifest(place, ([header = '', ...lines]) => [
      header.replace('"migrations":[', '"migrations":["29990101000000_later",'),
      ...lines,
    ]),
  )
  expect(await filesIn(elsewhere.env.DATA_DIR ?? '').catch(() => [])).toEqual([])
  expect(await elsewhere.run('restore', whole)).toMatchObject({ stderr: '', exitCode: 0 })
})

/** The migrations of a next version: those of this one and a further one. */
async function nextMigrations(): Promise<string> {
  const prisma = path.join(await temporaryDirectory(), 'prisma')
  await cp(path.dirname(migrationsDir), prisma, { recursive: true })
  const folder = path.join(prisma, 'migrations', '99990101000000_next_version')
  await mkdir(folder)
  const script = `-- Oldest version: 99.0.0\nALTER TABLE projects ADD COLUMN of_the_next_version int NOT NULL DEFAULT 7;\n`
  await writeFile(path.join(folder, 'migration.sql'), script)
  return path.join(prisma, 'migrations')
}

test('a backup of this version is restored by the next one, whose start then migrates the rows', async () => {
  await createFiledWorld(app)
  const place = await newBackup()
  const {
    DATABASE_URL: url = '',
    DATA_DIR: dataDir = '',
    REPOSITORIES_DIR: repositoriesDir = '',
  } = (await createElsewhere(commands)).env
  const database = { url, migrationsDir: await nextMigrations(), migrateJobs }
  const files = { storage: createStorage({ dataDir, storage: null }), repositoriesDir }
  await restoreBackup({ ...files, database, source: await openBackup({ folder: place }, null), show: () => {} })
  expect(await contentsOf(url, repositoriesDir)).toEqual(await contentsOf(app.databaseUrl, app.repositoriesDir))
  expect(await migrate(database)).toEqual(['99990101000000_next_version'])
  const { rows } = await withConnection(url, (client) =>
    client.query('SELECT of_the_next_version AS new FROM projects'),
  )
  expect(rows).toEqual(Array.from({ length: await db.project.count() }, () => ({ new: 7 })))
})

async function rewriteManifest(place: string, change: (lines: string[]) => string[]): Promise<void> {
  const file = path.join(place, 'manifest.jsonl.gz')
  const lines = gunzipSync(await readFile(file))
    .toString()
    .split('\n')
  await writeFile(file, gzipSync(change(lines).join('\n')))
}

test('a restore needs an empty database, an empty storage and no repositories', async () => {
  await createFiledWorld(app)
  const place = await newBackup()
  const elsewhere = await createElsewhere(commands)
  const { DATA_DIR = '', REPOSITORIES_DIR = '' } = elsewhere.env
  const refused = async (text: string) => {
    const { stderr, exitCode } = await elsewhere.run('restore', place)
    expect([stderr, exitCode]).toEqual([expect.stringContaining(text), 1])
  }
  await mkdir(path.join(REPOSITORIES_DIR, '7.git'), { recursive: true })
  await refused('has 7.git')
  await rm(REPOSITORIES_DIR, { recursive: true })
  await mkdir(path.join(DATA_DIR, 'packages', '7'), { recursive: true })
  await writeFile(path.join(DATA_DIR, 'packages', '7', 'x'), '')
  await refused('has 7/x')
  await rm(path.join(DATA_DIR, 'packages'), { recursive: true })
  // A database that is only migrated is taken, as a restore that was killed leaves it.
  expect((await elsewhere.run('migrate')).exitCode).toBe(0)
  await elsewhere.run('user', 'create', 'somebody')
  await refused('has users')
  expect((await commands.run('restore', place)).stderr).toContain('has users')
})

test('a place of something else, or within the files of the server, takes no backup', async () => {
  const folder = await temporaryDirectory()
  await writeFile(path.join(folder, 'letter.txt'), 'dear')
  const { stderr, exitCode } = await commands.run('backup', folder)
  expect([stderr, exitCode]).toEqual([expect.stringContaining('not empty, and has no backup'), 1])
  for (const place of [
    app.repositoriesDir,
    path.join(app.repositoriesDir, 'backup'),
    path.dirname(app.repositoriesDir),
  ]) {
    expect((await commands.run('backup', place)).stderr).toContain("apart from the server's own files")
  }
  expect((await commands.run('backup', 's3://')).stderr).toContain('must look like s3://')
})

test('a second run to the same place copies what is new, and removes what is gone', async () => {
  const world = await createFiledWorld(app)
  const place = await newBackup()
  const times = async () => {
    const names = (await filesIn(place)).filter((name) => /^(files|repositories)\//.test(name))
    return Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, (await stat(path.join(place, name))).mtimeMs])),
    )
  }
  const first = await times()
  await createFiledWorld(app)
  await db.upload.deleteMany({ where: { projectId: world.project.id } })
  expect(await commands.run('backup', place)).toMatchObject({ stderr: '', exitCode: 0 })
  const second = await times()
  const gone = Object.keys(first).filter((name) => !(name in second))
  expect(gone).toEqual([expect.stringMatching(/^files\/uploads\//)])
  for (const [name, time] of Object.entries(first))
    if (name in second) expect([name, second[name]]).toEqual([name, time])
  expect(Object.keys(second).length).toBeGreaterThan(Object.keys(first).length)
  expect(
    new Set(
      (await filesIn(place))
        .map((name) => name.split('/').slice(0, 2).join('/'))
        .filter((name) => name.startsWith('rows/')),
    ).size,
  ).toBe(1)
  const elsewhere = await createElsewhere(commands)
  expect(await elsewhere.run('restore', place)).toMatchObject({ stderr: '', exitCode: 0 })
  expect((await elsewhere.run('doctor', '--digests')).exitCode).toBe(0)
})

test('what the server itself has lost is named, and the rest is in the backup', async () => {
  const world = await createFiledWorld(app)
  const file = await db.packageFile.findFirstOrThrow({ where: { package: { projectId: world.project.id } } })
  const object = await db.lfsObject.findFirstOrThrow({ where: { projectId: world.project.id } })
  await rm(path.join(app.packagesDir, file.storageKey))
  await writeFile(path.join(app.packagesDir, object.storageKey), randomBytes(100))
  const broken = await createFiledWorld(app)
  await rm(path.join(app.repositories.directory(broken.project.id), 'HEAD'))
  const place = path.join(await temporaryDirectory(), 'backup')
  const { stdout, stderr, exitCode } = await commands.run('backup', place)
  expect(exitCode).toBe(1)
  expect(stdout).toContain('without 3 that the server does not have whole')
  expect(stderr).toContain(`does not have the file ${file.storageKey}`)
  expect(stderr).toContain(`The file ${object.storageKey} of the storage is damaged`)
  expect(stderr).toContain(`The repository of project ${broken.project.id} cannot be copied`)
  const elsewhere = await createElsewhere(commands)
  const restored = await elsewhere.run('restore', place)
  expect([restored.exitCode, restored.stderr]).toEqual([0, expect.stringContaining(file.storageKey)])
  const checked = await elsewhere.run('doctor')
  expect(checked.exitCode).toBe(1)
  expect(checked.stdout).toContain('missing: the file ')
  expect(checked.stdout).toContain('3 missing, 0 damaged, 0 orphaned')
  await db.$executeRaw`DELETE FROM projects WHERE id IN (${world.project.id}, ${broken.project.id})`
})

test('a release whose tag is deleted while the backup runs has its tag in the backup', async () => {
  const { project, release } = await createFiledWorld(app)
  const directory = app.repositories.directory(project.id)
  const tag = `refs/tags/${release.tag}`
  const object = (await listRefs(directory)).get(tag)
  const target = await openTarget({ folder: path.join(await temporaryDirectory(), 'backup') }, null)
  const show = (line: string) => {
    if (line === 'rows of users') execFileSync('git', [`--git-dir=${directory}`, 'update-ref', '-d', tag])
  }
  const parts = { url: app.databaseUrl, storage: app.storage, repositoriesDir: app.repositoriesDir, target, show }
  expect(await takeBackup(parts)).toMatchObject({ problems: [] })
  expect((await listRefs(directory)).has(tag)).toBe(false)
  for await (const { kind, of, key } of readEntries(target)) {
    if (kind !== 'refs' || of !== String(project.id)) continue
    const content = await target.get(key)
    expect((await parseRefs(content as Readable)).refs.get(tag)).toBe(object)
  }
  await db.project.delete({ where: { id: project.id } })
  expect.assertions(6)
})

test('/metrics tells when the last complete backup was taken', async () => {
  const time = async () => /^waybill_backup_time_seconds (\d+)$/m.exec(await createMetrics().print())?.[1]
  await db.lastBackup.deleteMany()
  expect(await time()).toBe('0')
  const { takenAt } = await commands.json('backup', path.join(await temporaryDirectory(), 'backup'))
  const seconds = String(Math.floor(Date.parse(String(takenAt)) / 1000))
  expect(await time()).toBe(seconds)
  // A backup that is refused changes nothing.
  expect((await commands.run('backup', app.repositoriesDir)).exitCode).toBe(1)
  expect(await time()).toBe(seconds)
})

test('two backups at a time are refused, and a backup that dies keeps nobody waiting', async () => {
  await whileNothingIsRemoved(app.databaseUrl, async () => {
    const { stderr, exitCode } = await commands.run('backup', path.join(await temporaryDirectory(), 'backup'))
    expect([stderr, exitCode]).toEqual([expect.stringContaining('Another backup runs'), 1])
    await db.$executeRaw`SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 7927005`
  }).catch(() => undefined)
  expect(await isBackupRunning()).toBe(false)
  await newBackup()
})
