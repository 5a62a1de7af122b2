import type { Log } from '../log.ts'
import type { Jobs } from './queue.ts'
import { collectEvidenceTask } from './tasks/collect-evidence.ts'

/** What a task knows of its server. */
export type TaskParts = {
  /** Every line holds the job's id. */
  log: Log
  /** Scheme, host and optional path in front of every absolute URL, without a trailing slash. */
  baseUrl: string
}

/**
 * Runs a job. It may be run again after it succeeded, when the process ended before that was noted: a task must leave
 * the same behind however often it runs.
 */
export type Task = (payload: unknown, parts: TaskParts) => Promise<void>

export const tasks: Readonly<Record<keyof Jobs, Task>> = {
  'collect-evidence': collectEvidenceTask,
}
