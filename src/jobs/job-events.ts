import { type Job, Logger, type WorkerEvents } from 'graphile-worker'
import type { Log } from '../foundation/log.ts'

export type JobObserver = (task: string, result: 'done' | 'failed') => void

const about = (job: Job) => ({ jobId: job.id, task: job.task_identifier, attempt: job.attempts })

/** What operators learn of the runner, whose own log is off. */
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

/** The runner's own log, of which all is silent but what it tells nowhere else: that it cannot look for jobs. */
export const loggerOf = (onCannotLook: (error: unknown) => void) =>
  new Logger(() => (_level, message, meta) => {
    if (message.startsWith('Error occurred fetching jobs')) onCannotLook(meta?.error)
  })
