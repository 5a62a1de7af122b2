import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { type Runner, run, type TaskList, type WorkerEvents } from 'graphile-worker'
import type { Pool } from 'pg'
import { DatabasePool } from '../database/connections/database-pool.ts'
import type { Log } from '../foundation/log.ts'
import type { FileStorage } from '../storage/file-storage.ts'
import { releaseAbandonedJobs } from './abandoned-jobs.ts'
import { type JobObserver, loggerOf, observeJobs } from './job-events.ts'
import { tasks } from './tasks.ts'

export type RunnerOptions = {
  url: string
  /** Jobs at a time. */
  concurrency: number
  log: Log
  baseUrl: string
  storage: FileStorage
  repositoriesDir: string
  /** Told of each try of a job. */
  onJob?: JobObserver
}

export type JobRunner = {
  /** Finishes the jobs in flight. */
  stop: () => Promise<void>
  /** Resolves when it has stopped, also by itself because it could not note in the database how a job ended. */
  ended: Promise<void>
}

/** How late a job may start that waited for a date or a pause. One that is due at once starts by NOTIFY. */
const POLL_MS = 1000
const ABANDONED_CHECK_MS = 5000
/** What was fetched and waits for a place longer than that is given back to other processes. */
const UNCLAIMED_MS = 10_000
/** One listens, one looks for jobs, one for abandoned jobs, and two note how jobs ended. */
const CONNECTIONS = 5
/** Its statements are short: a connection that is silent for so long while one runs is cut. */
const PATIENCE_MS = 3_000

const taskList = ({ log, baseUrl, storage, repositoriesDir }: RunnerOptions, signal: AbortSignal): TaskList =>
  Object.fromEntries(
    Object.entries(tasks).map(([name, task]) => [
      name,
      (payload: unknown, { job }) =>
        task(payload, { log: log.child({ jobId: job.id, task: name }), baseUrl, storage, repositoriesDir, signal }),
    ]),
  )

/** Connections by whose name others see that this runner lives. */
function openPool({ url, log }: RunnerOptions, name: string): Pool {
  const patience = { patienceMs: PATIENCE_MS, connectTimeoutMs: PATIENCE_MS }
  const options = { connectionString: url, applicationName: name, max: CONNECTIONS, ...patience }
  const pool = new DatabasePool(options)
  // Without listeners of ours the runner would take what breaks into its own hands.
  const onError = (error: Error) => log.debug({ err: error }, 'a connection of the job runner broke')
  pool.on('error', onError)
  pool.on('connect', (client) => client.on('error', onError))
  return pool
}

/** Releases abandoned jobs now and every now and then; returns how to end that. */
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

async function start(options: RunnerOptions, pool: Pool, name: string, signal: AbortSignal): Promise<Runner> {
  const { concurrency, log, onJob = () => {} } = options
  const events: WorkerEvents = new EventEmitter()
  // The name under which it locks jobs.
  events.on('pool:create', ({ workerPool }) => {
    workerPool.id = name
  })
  observeJobs(events, log, onJob)
  const onCannotLook = (error: unknown) => {
    log.warn({ err: error }, 'cannot look for jobs')
    // It keeps what its first look at the tasks gave, also when that was a failure: only another runner looks again.
    starting.then((runner) => runner.stop()).catch(() => {})
  }
  const starting = run({
    ...{ pgPool: pool, events, concurrency, taskList: taskList(options, signal), pollInterval: POLL_MS },
    ...{ noHandleSignals: true, parsedCronItems: [], logger: loggerOf(onCannotLook) },
    // Otherwise it does not wait until it is noted how a job ended, and a failure to note it ends the process.
    preset: {
      worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0, localQueue: { size: concurrency, ttl: UNCLAIMED_MS } },
    },
  })
  return starting
}

export async function startRunner(options: RunnerOptions): Promise<JobRunner> {
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
    // It refuses when it has stopped by itself.
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
