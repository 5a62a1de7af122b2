import { Prisma } from '../generated/prisma/client.ts'
import { db, type Tx } from './db.ts'
import { jsonParameter } from './json-parameter.ts'

/** Every job there is, with what it is told. */
export type Jobs = {
  'collect-evidence': { releaseId: number; occasion: string }
  'keep-repository': { projectId: number }
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

/**
 * The statement that makes jobs, which is told in one message; `jobs` has the payload, which is JSON of the job's type, `run_at`
 * or NULL for at once, and `key` or NULL of each.
 */
export const addJobs = (name: keyof Jobs, jobs: Prisma.Sql): Prisma.Sql => Prisma.sql`
  SELECT /* jobs.add */ CASE WHEN specs IS NOT NULL THEN (SELECT count(*) FROM graphile_worker.add_jobs(specs)) END AS added
  FROM (SELECT array_agg((${name}::text, payload, NULL, run_at, ${MAX_ATTEMPTS}::smallint, key, NULL, NULL)::graphile_worker.job_spec) AS specs
    FROM (${jobs}) AS job) AS all_jobs`

/** The job exists when, and only when, the transaction commits. It is tried again with growing pauses when it fails. */
export async function enqueue<Name extends keyof Jobs>(
  tx: Tx,
  name: Name,
  payload: Jobs[Name],
  { runAt, key }: EnqueueOptions = {},
): Promise<void> {
  const job = Prisma.sql`
    SELECT ${jsonParameter(payload)} AS payload, ${runAt ?? null}::timestamptz AS run_at, ${key ?? null}::text AS key`
  await tx.$executeRaw(addJobs(name, job))
}

/** Drops the job of that key if it waits; one that runs is not tried again. */
export async function dequeue(tx: Tx, key: string): Promise<void> {
  await tx.$executeRaw`SELECT /* jobs.remove */ graphile_worker.remove_job(${key})`
}

/** Due: to be run now. Later: not before a date, or after a pause. Failed: out of tries. */
export type JobCounts = Record<'due' | 'later' | 'running' | 'failed', number>

export async function countJobs(): Promise<JobCounts> {
  const [counts] = await db.$queryRaw<JobCounts[]>`
    SELECT /* jobs.count */ (count(*) FILTER (WHERE is_available AND run_at <= now()))::int AS due,
           (count(*) FILTER (WHERE is_available AND run_at > now()))::int AS later,
           (count(*) FILTER (WHERE locked_at IS NOT NULL))::int AS running,
           (count(*) FILTER (WHERE locked_at IS NULL AND attempts >= max_attempts))::int AS failed
    FROM graphile_worker._private_jobs`
  return counts ?? { due: 0, later: 0, running: 0, failed: 0 }
}
