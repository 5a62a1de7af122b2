import { db, type Tx } from '../db.ts'
import { Prisma } from '../generated/prisma/client.ts'

/** Every job there is, with what it is told. */
export type Jobs = {
  'collect-evidence': { releaseId: number; occasion: string }
  'remove-stored-file': { key: string }
}

type EnqueueOptions = {
  /** Not before; by default at once. */
  runAt?: Date
  /** A job of the same key that waits is replaced. */
  key?: string
}

/**
 * Tries of a job that fails. The pauses between them grow from 3 s to 6 h, so the last one comes after four days: more
 * than GitLab's three, as the night in which a disk is full must not cost a release its evidence. After that the job
 * stays in the table, for somebody to look at.
 */
const MAX_ATTEMPTS = 25

/** The call that makes a job, for a statement that makes what the job is about; the payload is JSON of the job's type. */
export const addJob = (
  name: keyof Jobs,
  payload: Prisma.Sql,
  { runAt, key }: { runAt: Date | null; key: Prisma.Sql },
): Prisma.Sql => Prisma.sql`
  graphile_worker.add_job(${name}, ${payload}, max_attempts => ${MAX_ATTEMPTS}::int,
    run_at => coalesce(${runAt}::timestamptz, now()), job_key => ${key})`

/** The job exists when, and only when, the transaction commits. It is tried again with growing pauses when it fails. */
export async function enqueue<Name extends keyof Jobs>(
  tx: Tx,
  name: Name,
  payload: Jobs[Name],
  { runAt, key }: EnqueueOptions = {},
): Promise<void> {
  const options = { runAt: runAt ?? null, key: Prisma.sql`${key ?? null}::text` }
  await tx.$executeRaw`SELECT ${addJob(name, Prisma.sql`${JSON.stringify(payload)}::json`, options)}`
}

/** Drops the job of that key if it waits; one that runs is not tried again. */
export async function dequeue(tx: Tx, key: string): Promise<void> {
  await tx.$executeRaw`SELECT graphile_worker.remove_job(${key})`
}

/** Due: to be run now. Later: not before a date, or after a pause. Failed: out of tries. */
export type JobCounts = Record<'due' | 'later' | 'running' | 'failed', number>

export async function countJobs(): Promise<JobCounts> {
  const [counts] = await db.$queryRaw<JobCounts[]>`
    SELECT (count(*) FILTER (WHERE is_available AND run_at <= now()))::int AS due,
           (count(*) FILTER (WHERE is_available AND run_at > now()))::int AS later,
           (count(*) FILTER (WHERE locked_at IS NOT NULL))::int AS running,
           (count(*) FILTER (WHERE locked_at IS NULL AND attempts >= max_attempts))::int AS failed
    FROM graphile_worker._private_jobs`
  return counts ?? { due: 0, later: 0, running: 0, failed: 0 }
}
