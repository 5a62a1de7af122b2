import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline/promises'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { pino } from 'pino'
import { beforeAll, expect, inject, onTestFinished, test } from 'vitest'
import { withConnection } from '../../src/database/connections/connection.ts'
import { startEmbeddedPostgres } from '../../src/database/embedded/embedded-postgres.ts'
import { closedFolder } from '../../src/database/embedded/postgres-account.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const scratch = inject('scratch')
const finished = path.join(scratch, 'finished-cluster')
const compiled = path.join(scratch, 'compiled')

// Making a cluster takes more than a second: most tests copy this one.
beforeAll(async () => {
  const postgres = await start(finished)
  await query(postgres.url, "CREATE TABLE words AS SELECT 'kept' AS word")
  await postgres.stop()
}, 30_000)

// The processes that the tests kill run compiled JavaScript.
beforeAll(async () => {
  await mkdir(compiled)
  await symlink(path.join(root, 'node_modules'), path.join(compiled, 'node_modules'))
  await writeFile(path.join(compiled, 'package.json'), '{ "type": "module" }')
  const compilerOptions = { rootDir: path.join(root, 'src'), outDir: compiled, noCheck: true }
  const files = [path.join(root, 'src/database/embedded/embedded-postgres.ts')]
  const project = { extends: path.join(root, 'tsconfig.build.json'), compilerOptions, files, include: [] }
  await writeFile(path.join(compiled, 'tsconfig.json'), JSON.stringify(project))
  await run(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', compiled])
}, 30_000)

const start = (dataDir: string) => startEmbeddedPostgres({ dataDir, log: pino({ level: 'silent' }) })

const query = (url: string, sql: string) => withConnection(url, async (client) => (await client.query(sql)).rows)

async function newFolder(): Promise<string> {
  const dir = await mkdtemp(path.join(scratch, 'world-'))
  await run('chmod', ['755', dir])
  return dir
}

async function copyOfCluster(): Promise<string> {
  const dir = await newFolder()
  await run('cp', ['-a', path.join(finished, 'postgres'), dir])
  return dir
}

const pidFile = (dataDir: string) => path.join(dataDir, 'postgres', 'data', 'postmaster.pid')

async function postmasterPid(dataDir: string): Promise<number> {
  return Number.parseInt(await readFile(pidFile(dataDir), 'utf8'), 10)
}

const isRunning = (dataDir: string) => stat(pidFile(dataDir)).then(Boolean, () => false)

/** Another process that uses the database of the folder. It is killed at the end of the test. */
function otherProcess(dataDir: string): ChildProcess {
  const script = path.join(root, 'test/support/hold-postgres.mjs')
  const module = path.join(compiled, 'database/embedded/embedded-postgres.js')
  const child = spawn(process.execPath, [script, module, dataDir], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('no output')
  for await (const line of createInterface({ input: child.stdout })) return line
  throw new Error('the process ended without a line')
}

const kill = (child: ChildProcess) => Promise.all([once(child, 'exit'), child.kill('SIGKILL')])

test('the cluster is private, and sorts and folds all scripts alike on every machine', async () => {
  const postgres = await start(await copyOfCluster())
  expect(await query(postgres.url, "SELECT upper('ñ') AS upper, 'Z' < 'a' AS by_code_point")).toEqual([
    { upper: 'Ñ', by_code_point: true },
  ])
  expect(await query(postgres.url, 'SHOW fsync')).toEqual([{ fsync: 'on' }])
  await postgres.stop()
  const { mode } = await stat(path.join(finished, 'postgres', 'password'))
  expect(mode & 0o777).toBe(0o600)
})

test('a later start finds the data of the earlier one', async () => {
  const dataDir = await copyOfCluster()
  const postgres = await start(dataDir)
  expect(await query(postgres.url, 'SELECT word FROM words')).toEqual([{ word: 'kept' }])
  await postgres.stop()
  expect(await isRunning(dataDir)).toBe(false)
})

test('after a kill -9 of PostgreSQL the next start recovers what was committed', async () => {
  const dataDir = await copyOfCluster()
  const killed = await start(dataDir)
  await query(killed.url, "INSERT INTO words VALUES ('committed')")
  process.kill(await postmasterPid(dataDir), 'SIGKILL')
  const postgres = await start(dataDir)
  expect(await query(postgres.url, 'SELECT count(*)::int AS count FROM words')).toEqual([{ count: 2 }])
  await postgres.stop()
  await killed.stop()
})

test('a kill -9 of the process that started PostgreSQL lets the next process adopt the server', async () => {
  const dataDir = await copyOfCluster()
  const child = otherProcess(dataDir)
  const url = await firstLine(child)
  await query(url, "INSERT INTO words VALUES ('committed')")
  await kill(child)
  const postgres = await start(dataDir)
  expect(postgres.url).toBe(url)
  expect(await query(postgres.url, 'SELECT count(*)::int AS count FROM words')).toEqual([{ count: 2 }])
  await postgres.stop()
  expect(await isRunning(dataDir)).toBe(false)
})

test('a kill -9 during the first start does not stop the next one', async () => {
  const dataDir = await newFolder()
  const child = otherProcess(dataDir)
  while (!(await readdir(dataDir)).some((name) => name.startsWith('postgres.new-'))) await setTimeout(10)
  await kill(child)
  const [draft = ''] = await readdir(dataDir)
  const yesterday = new Date(Date.now() - 86_400_000)
  // initdb may have outlived its parent, and goes on in a folder that nobody will use.
  await setTimeout(1500)
  await utimes(path.join(dataDir, draft), yesterday, yesterday)
  const postgres = await start(dataDir)
  expect(await query(postgres.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  await postgres.stop()
  expect(await readdir(dataDir)).toEqual(['postgres'])
}, 30_000)

test('a postmaster.pid that names another program is not taken for a server', async () => {
  const dataDir = await copyOfCluster()
  const stale = [process.pid, path.join(dataDir, 'postgres', 'data'), 1, 1, '', '127.0.0.1', '', 'ready   ', '']
  await writeFile(pidFile(dataDir), stale.join('\n'))
  const postgres = await start(dataDir)
  expect(await query(postgres.url, 'SELECT word FROM words')).toEqual([{ word: 'kept' }])
  await postgres.stop()
})

test('two processes that start at the same time share one new server, and the last to leave stops it', async () => {
  const dataDir = await newFolder()
  const child = otherProcess(dataDir)
  const [here, there] = await Promise.all([start(dataDir), firstLine(child)])
  expect(here.url).toBe(there)
  await here.stop()
  expect(await query(there, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  child.stdin?.end()
  await once(child, 'exit')
  expect(await isRunning(dataDir)).toBe(false)
}, 30_000)

test('a start during a stop gets a server that keeps running', async () => {
  const dataDir = await copyOfCluster()
  const first = await start(dataDir)
  const [second] = await Promise.all([start(dataDir), first.stop()])
  expect(await query(second.url, 'SELECT word FROM words')).toEqual([{ word: 'kept' }])
  await second.stop()
  expect(await isRunning(dataDir)).toBe(false)
})

test('a server that another client is connected to is left running', async () => {
  const dataDir = await copyOfCluster()
  const postgres = await start(dataDir)
  await withConnection(postgres.url, async (client) => {
    await postgres.stop()
    expect((await client.query('SELECT word FROM words')).rows).toEqual([{ word: 'kept' }])
  })
  await (await start(dataDir)).stop()
  expect(await isRunning(dataDir)).toBe(false)
})

test('a data folder that cannot be a data folder stops the start with one line', async () => {
  const file = path.join(await newFolder(), 'file')
  await writeFile(file, '')
  await expect(start(path.join(file, 'data'))).rejects.toMatchObject({
    name: 'StartError',
    message: expect.stringMatching(/^Cannot use .*file.* \(a part of the path is not a folder\): set DATA_DIR .*$/),
  })
})

test('a folder that the user of PostgreSQL may not enter is named', async () => {
  const closed = path.join(await newFolder(), 'closed')
  const inner = path.join(closed, 'inner')
  await mkdir(inner, { recursive: true })
  await run('chmod', ['700', closed])
  const { uid, gid } = await stat(closed)
  expect(await closedFolder(inner, { uid: uid + 1, gid: gid + 1 })).toBe(closed)
  expect(await closedFolder(inner, { uid, gid })).toBeNull()
})
