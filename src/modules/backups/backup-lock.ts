// While a backup runs, nothing is removed that the rows of the backup may name. A backup holds a lock of the database, which ends with
// its connection, so a backup that dies keeps nothing waiting.
import { setTimeout } from 'node:timers/promises'
import type { Client } from 'pg'
import { withConnection } from '../../database/connections/connection.ts'
import { db } from '../../database/db.ts'
import type { Jobs } from '../../database/job-queue.ts'
import { StartError } from '../../foundation/start-error.ts'

/** The jobs that remove files or repositories, or repack them. */
export const REMOVALS: ReadonlySet<keyof Jobs> = new Set([
  'remove-stored-file',
  'remove-project',
  'remove-group',
  'keep-repository',
])

/** Any number that no other lock uses. */
const LOCK = 7_927_005

/** Whether a backup runs, or another process that counts on nothing being removed. */
export async function isBackupRunning(): Promise<boolean> {
  const [row] = await db.$queryRaw<{ running: boolean }[]>`
    SELECT /* backups.isRunning */ EXISTS (
      SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = 0 AND objid = ${LOCK}::oid AND objsubid = 1 AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS running`
  return row?.running === true
}

/** Jobs that began before the lock was taken; later ones put themselves off. A job of a process that is gone does nothing. */
const RUNNING_REMOVALS = `
  SELECT /* backups.runningRemovals */ count(*)::int AS count
  FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id
  WHERE t.identifier = ANY ($1) AND j.locked_at <= $2::timestamptz AND j.locked_by IN (
    SELECT application_name FROM pg_stat_activity WHERE datname = current_database())`

const LOOK_AGAIN_MS = 500
/** Longer than the longest of these jobs. */
const LONGEST_WAIT_MS = 60 * 60_000

/** A job asks for the lock after it is marked as running, and we look for jobs after we hold the lock, so none goes unseen. */
async function waitForRemovals(client: Client): Promise<void> {
  const deadline = Date.now() + LONGEST_WAIT_MS
  const { rows: now } = await client.query<{ taken: string }>(
    'SELECT /* backups.lockTaken */ clock_timestamp()::text AS taken',
  )
  for (;;) {
    const { rows } = await client.query<{ count: number }>(RUNNING_REMOVALS, [[...REMOVALS], now[0]?.taken])
    if (rows[0]?.count === 0) return
    if (Date.now() > deadline) throw new StartError('A job that removes or repacks files does not end: see the log')
    await setTimeout(LOOK_AGAIN_MS)
  }
}

/** So that the database notices a machine that is gone without a word. */
const NOTICES_DEATH = 'SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3'

/** Does the work while nothing is removed, on a connection whose end frees the lock. `assertHeld` throws when it was lost. */
export function whileNothingIsRemoved<T>(
  url: string,
  work: (client: Client, assertHeld: () => Promise<unknown>) => Promise<T>,
): Promise<T> {
  return withConnection(url, async (client) => {
    await client.query(NOTICES_DEATH)
    const { rows } = await client.query<{ free: boolean }>(
      'SELECT /* backups.lock */ pg_try_advisory_lock($1) AS free',
      [LOCK],
    )
    if (!rows[0]?.free) throw new StartError('Another backup runs, or another check that mends: try again later')
    await waitForRemovals(client)
    const lost = (error: unknown) => {
      throw new StartError('The connection to the database was lost meanwhile: begin again', { cause: error })
    }
    return work(client, () => client.query('SELECT /* backups.held */').catch(lost))
  })
}
