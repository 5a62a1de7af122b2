import { currentTraceparent } from '../foundation/tracing.ts'
import { Prisma } from '../generated/prisma/client.ts'
import { db, type Tx } from './db.ts'
import { jsonParameter } from './json-parameter.ts'

export type Jobs = {
  'collect-evidence': { releaseId: number; occasion: string }
  'announce-release': { releaseId: number; wasUpcoming: boolean }
  'mail-release': { releaseId: number; batch: number }
  'import-project': { projectId: number }
  'forget-addresses': { days: number }
  'remove-sessions': object
  'remove-expired-artifacts': object
  'keep-repository': { projectId: number }
  'remove-stored-file': { key: string }
  'remove-project': { projectId: number }
  'remove-group': { groupId: number }
  'settle-pushes': object
  'queue-webhooks': { projectId: number | null; groupId: number | null }
  'forget-webhook-deliveries': object
}

type EnqueueOptions = {
  /** The job does not run before this time. Without it the job runs at once. */
  runAt?: Date
  /** Replaces a waiting job with the same key. */
  key?: string
  /** Jobs of one queue run one after the other. */
  queue?: string
}

/**
 * The number of attempts of a job that fails. The pauses grow from 3 s to 6 h, so the last attempt is after four days. GitLab
 * makes three attempts, but a disk that is full for a night must not cost a release its evidence. A job without attempts left
 * stays in the table for the operator.
 */
const MAX_ATTEMPTS = 25

const CAUSE = 'traceparent:'

/** A job names the span that queued it by a flag, because its payload is for its task. Null when nothing is traced. */
const causeFlags = () => {
  const traceparent = currentTraceparent()
  return traceparent === null ? null : [CAUSE + traceparent]
}

/** The span that queued the job with these flags. */
export const causeIn = (flags: Readonly<Record<string, true>> | null): string | undefined =>
  Object.keys(flags ?? {})
    .find((flag) => flag.startsWith(CAUSE))
    ?.slice(CAUSE.length)

/**
 * The statement that adds jobs and notifies the workers once. `jobs` selects the `payload` (JSON of the job's type), `run_at`
 * (NULL for at once) and `key` (or NULL) of each job.
 */
export const addJobs = (name: keyof Jobs, jobs: Prisma.Sql, queue: string | null = null): Prisma.Sql => Prisma.sql`
  SELECT /* jobs.add */ CASE WHEN specs IS NOT NULL THEN (SELECT count(*) FROM graphile_worker.add_jobs(specs)) END AS added
  FROM (SELECT array_agg((${name}::text, payload, ${queue}::text, run_at, ${MAX_ATTEMPTS}::smallint, key, NULL, ${causeFlags()}::text[])::graphile_worker.job_spec) AS specs
    FROM (${jobs}) AS job) AS all_jobs`

/** Adds a job, which exists only if the transaction commits. A job that fails is tried again with growing pauses. */
export async function enqueue<Name extends keyof Jobs>(
  tx: Tx,
  name: Name,
  payload: Jobs[Name],
  { runAt, key, queue }: EnqueueOptions = {},
): Promise<void> {
  const job = Prisma.sql`
    SELECT ${jsonParameter(payload)} AS payload, ${runAt ?? null}::timestamptz AS run_at, ${key ?? null}::text AS key`
  await tx.$executeRaw(addJobs(name, job, queue))
}

/** Removes the waiting job with the key. A running job finishes and is not tried again. */
export async function dequeue(tx: Tx, key: string): Promise<void> {
  await tx.$executeRaw`SELECT /* jobs.remove */ graphile_worker.remove_job(${key})`
}

/** Due: ready to run now. Later: waits for a date or a pause. Failed: has no attempts left. */
export type JobState = 'due' | 'later' | 'running' | 'failed'

/** `waitedSeconds` is how long the oldest of them has been due. */
export type JobCount = { task: string; state: JobState; count: number; waitedSeconds: number }

/** Counts at most 10,000 jobs that wait, those that are due first, and as many others, so that a long queue costs little. */
export const countJobs = () =>
  db.$queryRaw<JobCount[]>`
    SELECT /* jobs.count */ task.identifier AS task, job.state, count(*)::int AS count,
           max(extract(epoch FROM now() - job.run_at))::float8 AS "waitedSeconds"
    FROM (
      (SELECT task_id, run_at, CASE WHEN run_at <= now() THEN 'due' ELSE 'later' END AS state
       FROM graphile_worker._private_jobs WHERE is_available ORDER BY priority, run_at LIMIT 10000)
      UNION ALL
      (SELECT task_id, run_at, CASE WHEN locked_at IS NULL THEN 'failed' ELSE 'running' END
       FROM graphile_worker._private_jobs WHERE NOT is_available ORDER BY locked_at LIMIT 10000)
    ) AS job JOIN graphile_worker._private_tasks AS task ON task.id = job.task_id
    GROUP BY 1, 2`
