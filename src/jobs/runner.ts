import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { type Runner, run, type TaskList, type WorkerEvents } from 'graphile-worker'
import type { Pool } from 'pg'
import { DatabasePool } from '../database/connections/database-pool.ts'
import { causeIn } from '../database/job-queue.ts'
import type { Log } from '../foundation/log.ts'
import { traced } from '../foundation/tracing.ts'
import type { DeliveryResult } from '../modules/webhooks/deliver.ts'
import type { Reachable } from '../outgoing/reachable.ts'
import type { FileStorage } from '../storage/file-storage.ts'
import { releaseAbandonedJobs } from './abandoned-jobs.ts'
import { type JobObserver, loggerOf, observeJobs } from './job-events.ts'
import { putOffDuringBackup } from './put-off.ts'
import { type MailParts, tasks } from './tasks.ts'

export type RunnerOptions = {
  url: string
  concurrency: number
  log: Log
  baseUrl: string
  storage: FileStorage
  repositoriesDir: string
  mayReach: Reachable
  /** After so many days the addresses in audit events are dropped. */
  auditAddressDays: number
  mails: MailParts | null
  onJob?: JobObserver
  onDelivery?: (result: DeliveryResult) => void
}

export type JobRunner = {
  stop: () => Promise<void>
  /** Resolves when the runner has stopped. It stops by itself when it cannot record the end of a job in the database. */
  ended: Promise<void>
}

/** A job that waited for a date or a pause starts at most this late. A job that is due at once starts by NOTIFY. */
const POLL_MS = 1000
const ABANDONED_CHECK_MS = 5000
/** A fetched job that waits longer for its turn is returned to other processes. */
const UNCLAIMED_MS = 10_000
/** One connection listens, one fetches jobs, one looks for abandoned jobs, and two record the ends of jobs. */
const CONNECTIONS = 5
/** The runner's statements are short, so a connection that is silent for this long during a statement is cut. */
const PATIENCE_MS = 3_000

/** A runner may end and another one take its place, while deliveries go on. */
export type RunParts = RunnerOptions & { wakeDeliveries: () => void }

const taskList = (
  { log, baseUrl, storage, repositoriesDir, mayReach, mails, wakeDeliveries }: RunParts,
  signal: AbortSignal,
): TaskList =>
  Object.fromEntries(
    Object.entries(tasks).map(([name, task]) => [
      name,
      async (payload: unknown, { job }) => {
        if (await putOffDuringBackup(name, job.id)) return
        const parts = { baseUrl, storage, repositoriesDir, mayReach, mails, wakeDeliveries, signal }
        const run = () => task(payload, { ...parts, log: log.child({ jobId: job.id, task: name }) })
        await traced(() => ({ name: `job ${name}`, kind: 'consumer', cause: causeIn(job.flags) }), run)
      },
    ]),
  )

/** Opens connections by whose name other processes see that this runner is alive. */
function openPool({ url, log }: RunnerOptions, name: string): Pool {
  const patience = { patienceMs: PATIENCE_MS, connectTimeoutMs: PATIENCE_MS }
  const options = { connectionString: url, applicationName: name, max: CONNECTIONS, ...patience }
  const pool = new DatabasePool(options)
  // With our listeners the runner does not handle broken connections itself.
  const onError = (error: Error) => log.debug({ err: error }, 'a connection of the job runner broke')
  pool.on('error', onError)
  pool.on('connect', (client) => client.on('error', onError))
  return pool
}

/** Releases abandoned jobs at once and then regularly. Returns a function that ends it. */
async function watchAbandonedJobs(pool: Pool, log: Log): Promise<() => void> {
  const release = () =>
    releaseAbandonedJobs(pool).then(
      (count) => count > 0 && log.warn({ count }, 'jobs of a process that is gone are run again'),
      (error) => log.warn({ err: error }, 'cannot look for abandoned jobs'),
    )
  await release()
  const timer = setInterval(release, ABANDONED_CHECK_MS)
  return () => clearInterval(timer)
}

async function start(options: RunParts, pool: Pool, name: string, signal: AbortSignal): Promise<Runner> {
  const { concurrency, log, onJob = () => {} } = options
  const events: WorkerEvents = new EventEmitter()
  // The runner locks jobs under this name.
  events.on('pool:create', ({ workerPool }) => {
    workerPool.id = name
  })
  observeJobs(events, log, onJob)
  const onCannotLook = (error: unknown) => {
    log.warn({ err: error }, 'cannot look for jobs')
    // The runner remembers even a failed first look-up of its tasks, so it is stopped and a new runner takes its place.
    starting.then((runner) => runner.stop()).catch(() => {})
  }
  const starting = run({
    ...{ pgPool: pool, events, concurrency, taskList: taskList(options, signal), pollInterval: POLL_MS },
    ...{ noHandleSignals: true, parsedCronItems: [], logger: loggerOf(onCannotLook) },
    // Without delays the runner waits until the end of a job is recorded. With delays a failure to record it would end the
    // process.
    preset: {
      worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0, localQueue: { size: concurrency, ttl: UNCLAIMED_MS } },
    },
  })
  return starting
}

export async function startRunner(options: RunParts): Promise<JobRunner> {
  const { log } = options
  const name = `waybill-jobs-${randomUUID()}`
  const pool = openPool(options, name)
  const unwatch = await watchAbandonedJobs(pool, log)
  const close = () => {
    unwatch()
    return pool.end()
  }
  try {
    const stopping = new AbortController()
    const runner = await start(options, pool, name, stopping.signal)
    const ended = runner.promise.catch((error) => log.error({ err: error }, 'job runner broke')).finally(close)
    // `stop` rejects when the runner has stopped by itself.
    const stop = () => {
      stopping.abort()
      return runner.stop().then(
        () => ended,
        () => ended,
      )
    }
    return { stop, ended }
  } catch (error) {
    await close()
    throw error
  }
}
