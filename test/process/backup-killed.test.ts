import { existsSync } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { isBackupRunning } from '../../src/modules/backups/backup-lock.ts'
import { blockWriting, createFilled, filesIn, restoredReleases, runTo, upload } from './backup-process.ts'
import type { JobProject } from './job-project.ts'
import { newDataDir, serve, until } from './serve-world.ts'

/** Whose turn comes late, so that most rows are copied before. */
const LATE_TABLE = 'webhooks'

/** Keeps the reading of a table waiting. */
async function lockTable({ env }: JobProject): Promise<() => Promise<void>> {
  const client = new Client(env.DATABASE_URL)
  await client.connect()
  await client.query(`BEGIN; LOCK TABLE ${LATE_TABLE} IN ACCESS EXCLUSIVE MODE`)
  const isWaiting = async () => {
    const { rows } = await client.query(
      `SELECT FROM pg_locks WHERE relation = '${LATE_TABLE}'::regclass AND NOT granted`,
    )
    return rows.length > 0
  }
  await until(isWaiting, 60)
  return () => client.end()
}

const countOf = async (place: string, kind: RegExp) => (await filesIn(place)).filter((key) => kind.test(key)).length

/** Kills a backup while it writes this file of its place and has written so many others of its kind; or while it reads rows. */
async function killAt(
  project: JobProject,
  place: string,
  { key, kind, others }: { key: string | null; kind: RegExp; others: number },
): Promise<void> {
  const backup = serve(project.env, ['backup', place])
  const unlock = await lockTable(project)
  expect(await isBackupRunning()).toBe(true)
  const pipe = key === null ? null : await blockWriting(place, key)
  if (pipe) {
    await unlock()
    await until(async () => (await countOf(place, kind)) === others, 60)
    // It comes to the pipe, and would be past it by now without.
    await setTimeout(300)
  }
  backup.kill('SIGKILL')
  expect(await backup.ended).toEqual({ code: null, signal: 'SIGKILL' })
  if (pipe) await rm(pipe)
  else await unlock()
  await until(async () => !(await isBackupRunning()))
}

/** When each file was written, and what belongs to a whole repository. The refs of a repository come after its objects. */
async function writtenAt(place: string): Promise<Map<string, number>> {
  const keys = await filesIn(place)
  const isWhole = (key: string) => key.startsWith('files/') || keys.includes(key.replace(/\.pack$/, '.refs'))
  const whole = keys.filter((key) => /^(files|repositories)\//.test(key) && isWhole(key))
  return new Map(
    await Promise.all(whole.map(async (key) => [key, (await stat(path.join(place, key))).mtimeMs] as const)),
  )
}

const MANIFEST = 'manifest.jsonl.gz'

test('a backup that is killed again and again goes on where it was, and ends whole', async () => {
  const project = await createFilled()
  const folder = await newDataDir()
  const [control, place] = [path.join(folder, 'control'), path.join(folder, 'place')]
  await runTo(0, project.env, 'backup', control)
  const keys = await filesIn(control)
  const last = (kind: RegExp) => keys.findLast((key) => kind.test(key)) ?? ''
  const steps = [
    { key: null, kind: /^rows\//, others: 0 },
    { key: last(/\.pack$/), kind: /\.refs$/, others: 1 },
    { key: last(/\.refs$/), kind: /\.pack$/, others: 2 },
    { key: last(/^files\//), kind: /^files\//, others: 2 },
    { key: MANIFEST, kind: /^files\//, others: 3 },
  ]
  let before = new Map<string, number>()
  for (const step of steps) {
    await killAt(project, place, step)
    expect(existsSync(path.join(place, MANIFEST))).toBe(false)
    const now = await writtenAt(place)
    expect([step, new Map([...now].filter(([key]) => before.has(key)))]).toEqual([step, before])
    before = now
  }
  await runTo(0, project.env, 'backup', place)
  expect(await writtenAt(place)).toEqual(before)
  const named = (list: string[]) => list.map((key) => key.replace(/^rows\/[^/]+/, 'rows'))
  expect(named(await filesIn(place))).toEqual(named(keys))
  expect(await restoredReleases(place)).toBe(1)
}, 240_000)

test('a backup that is killed leaves the earlier one of its place whole, and removals go on', async () => {
  const project = await createFilled()
  const place = path.join(await newDataDir(), 'place')
  await runTo(0, project.env, 'backup', place)
  await project.release()
  // The file of the earlier upload is removed.
  const { storageKey } = await db.packageFile.findFirstOrThrow({ where: { package: { version: '1.0.0' } } })
  const file = path.join(project.env.DATA_DIR ?? '', 'packages', storageKey)
  await upload(project.url, project, '1.0.0')
  await killAt(project, place, { key: MANIFEST, kind: /^files\//, others: 4 })
  expect(await restoredReleases(place)).toBe(1)
  await db.$executeRaw`UPDATE graphile_worker._private_jobs SET run_at = now()`
  serve(project.env, ['worker'])
  await until(() => !existsSync(file))
  await runTo(0, project.env, 'backup', place)
  expect(await countOf(place, /^files\//)).toBe(3)
  expect(await restoredReleases(place)).toBe(2)
}, 240_000)
