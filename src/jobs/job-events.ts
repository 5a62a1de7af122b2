import { type Job, Logger, type WorkerEvents } from 'graphile-worker'
import type { Log } from '../foundation/log.ts'

export type JobObserver = (task: string, result: 'done' | 'failed') => void

const about = (job: Job) => ({ jobId: job.id, task: job.task_identifier, attempt: job.attempts })

/** Logs the events of the runner, because its own log is off. */
export function observeJobs(events: WorkerEvents, log: Log, onJob: JobObserver): void {
  events.on('job:success', ({ job }) => {
    log.info(about(job), 'job done')
    onJob(job.task_identifier, 'done')
  })
  events.on('job:error', ({ job, error }) => {
    const next = job.attempts < job.max_attempts ? 'it is tried again' : 'it is given up'
    log.error({ ...about(job), err: error }, `job failed: ${next}`)
    onJob(job.task_identifier, 'failed')
  })
  events.on('pool:listen:error', ({ error }) => log.warn({ err: error }, 'cannot listen for jobs'))
  events.on('pool:fatalError', ({ error, action }) => log.error({ err: error, action }, 'cannot note how a job ended'))
}

/** Drops the runner's own log, except for the failure to fetch jobs, which the runner reports nowhere else. */
export const loggerOf = (onCannotLook: (error: unknown) => void) =>
  new Logger(() => (_level, message, meta) => {
    if (message.startsWith('Error occurred fetching jobs')) onCannotLook(meta?.error)
  })
