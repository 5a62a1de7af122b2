import type { Job, WorkerEvents } from 'graphile-worker'
import type { Log } from '../log.ts'

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
  events.on('worker:getJob:error', ({ error }) => log.warn({ err: error }, 'cannot look for jobs'))
  events.on('pool:listen:error', ({ error }) => log.warn({ err: error }, 'cannot listen for jobs'))
  events.on('pool:fatalError', ({ error, action }) => log.error({ err: error, action }, 'cannot note how a job ended'))
}
