import { chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import {
  blockWriting,
  checkedReleases,
  createElsewhere,
  createFilled,
  filesIn,
  runTo,
  upload,
} from './backup-process.ts'
import { newDataDir, serve, until } from './serve-world.ts'

type Elsewhere = Awaited<ReturnType<typeof createElsewhere>>

const storedIn = ({ DATA_DIR }: Elsewhere) => path.join(DATA_DIR, 'packages')

const restoredFiles = async (env: Elsewhere) =>
  (await filesIn(storedIn(env)).catch(() => [])).filter((key) => !key.startsWith('incoming/'))

/** When each stored file, and each file of a repository that is in its place, was written. */
async function writtenAt(env: Elsewhere): Promise<Map<string, number>> {
  const files = (await restoredFiles(env)).map((key) => path.join(storedIn(env), key))
  const repositories = (await filesIn(env.REPOSITORIES_DIR)).filter((key) =>
    /^\d+\.git\/(objects|refs|packed)/.test(key),
  )
  const all = [...files, ...repositories.map((key) => path.join(env.REPOSITORIES_DIR, key))]
  return new Map(await Promise.all(all.map(async (file) => [file, (await stat(file)).mtimeMs] as const)))
}

/** A program of the name git that is git, but does not come back with the objects of the second repository. */
async function slowGit(): Promise<string> {
  const folder = await newDataDir()
  const script = `#!/bin/sh
case "$*" in *2.git*index-pack*) exec sleep 2;; esac
PATH='${process.env.PATH}' exec git "$@"
`
  await writeFile(path.join(folder, 'git'), script)
  await chmod(path.join(folder, 'git'), 0o755)
  return `${folder}:${process.env.PATH}`
}

async function connect({ DATABASE_URL }: Elsewhere, sql: string): Promise<Client> {
  const client = new Client(DATABASE_URL)
  await client.connect()
  await client.query(sql)
  return client
}

/** Waits until a connection keeps another one waiting. */
async function untilBlocking(client: Client): Promise<void> {
  const blocked = 'SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))'
  await until(async () => ((await client.query(blocked)).rowCount ?? 0) > 0, 60)
}

type Held = { PATH?: string; come: () => Promise<unknown>; end: () => Promise<unknown> }

type Hold = (env: Elsewhere, place: string) => Promise<Held>

/** All files but the last are restored. */
const holdFile: Hold = async (env, place) => {
  const last = (await filesIn(place)).findLast((key) => key.startsWith('files/')) ?? ''
  const pipe = await blockWriting(storedIn(env), last.replace('files/', ''))
  return { come: () => until(async () => (await restoredFiles(env)).length === 2, 60), end: () => rm(pipe) }
}

/** What keeps a restore waiting, in the order in which it comes there. */
const holds: Record<string, Hold> = {
  async 'repositories and files'(env, place) {
    const file = await holdFile(env, place)
    const isHeld = async () => {
      const names = await readdir(env.REPOSITORIES_DIR)
      return names.includes('1.git') && names.includes('2.git.incoming-restore')
    }
    const come = () => Promise.all([until(isHeld, 60), file.come()])
    return { PATH: await slowGit(), come, end: file.end }
  },
  files: holdFile,
  async migrations(env) {
    // Nobody knows yet whether there will be a table of this name, so the migration that makes it waits.
    const client = await connect(env, 'BEGIN; CREATE TABLE sessions ()')
    return { come: () => untilBlocking(client), end: () => client.end() }
  },
  async rows(env) {
    const table = await connect(env, 'BEGIN; SELECT FROM milestones')
    const jobs = await connect(env, 'BEGIN')
    const come = async () => {
      await untilBlocking(table)
      await jobs.query('LOCK TABLE graphile_worker._private_jobs IN EXCLUSIVE MODE')
      await table.end()
      // The jobs come behind the rows of all tables.
      await untilBlocking(jobs)
    }
    return { come, end: () => jobs.end() }
  },
}

async function killAt([step, hold]: [string, Hold], env: Elsewhere, place: string): Promise<void> {
  const { PATH, come, end } = await hold(env, place)
  const restore = serve({ ...env, ...(PATH ? { PATH } : {}) }, ['restore', place])
  const early = restore.ended.then(({ code }) => {
    if (code !== null) throw new Error(`${step}: ended with ${code} ${restore.stderr()}`)
  })
  await Promise.race([come(), early])
  restore.kill('SIGKILL')
  expect([step, await restore.ended]).toEqual([step, { code: null, signal: 'SIGKILL' }])
  await end()
}

/** Neither a server nor a command works with a half. */
async function assertRefused(env: Elsewhere): Promise<void> {
  for (const command of ['serve', 'doctor']) {
    const refused = serve(env, [command])
    expect([command, (await refused.ended).code]).toEqual([command, 1])
    expect(refused.stderr()).toContain(`A restore into ${env.REPOSITORIES_DIR} has not ended`)
  }
}

test('a restore that is killed again and again goes on where it was, and no server starts before it has ended', async () => {
  const project = await createFilled()
  // The file before is removed by a job, which is in the backup.
  await upload(project.url, project, '1.0.0')
  const place = path.join(await newDataDir(), 'place')
  await runTo(0, project.env, 'backup', place)
  const env = await createElsewhere()
  let before = new Map<string, number>()
  for (const [step, hold] of Object.entries(holds)) {
    await killAt([step, hold], env, place)
    await assertRefused(env)
    const now = await writtenAt(env)
    expect([step, new Map([...now].filter(([key]) => before.has(key)))]).toEqual([step, before])
    before = now
  }
  const mark = await readFile(path.join(env.REPOSITORIES_DIR, 'restoring'), 'utf8')
  const other = path.join(await newDataDir(), 'other')
  await runTo(0, project.env, 'backup', other)
  const refused = serve(env, ['restore', other])
  expect([await refused.ended, refused.stderr()]).toEqual([
    { code: 1, signal: null },
    expect.stringContaining(`restore that backup, or empty ${env.REPOSITORIES_DIR} and the storage`),
  ])

  await runTo(0, env, 'restore', place)
  expect(await writtenAt(env)).toEqual(before)
  expect(await checkedReleases(env)).toBe(1)
  // Killed behind its last transaction.
  await writeFile(path.join(env.REPOSITORIES_DIR, 'restoring'), mark)
  await assertRefused(env)
  await runTo(0, env, 'restore', place)
  expect(await checkedReleases(env)).toBe(1)
  const again = serve(env, ['restore', place])
  expect([(await again.ended).code, again.stderr()]).toEqual([1, expect.stringContaining('has users')])
}, 240_000)
