import type { Jobs } from '../database/job-queue.ts'
import type { Log } from '../foundation/log.ts'
import type { FileStorage } from '../storage/file-storage.ts'
import { collectEvidenceTask } from './tasks/collect-evidence.ts'
import { keepRepositoryTask } from './tasks/keep-repository-task.ts'
import { removeStoredFileTask } from './tasks/remove-stored-file.ts'

/** What a task knows of its server. */
export type TaskParts = {
  /** Every line holds the job's id. */
  log: Log
  /** Scheme, host and optional path in front of every absolute URL, without a trailing slash. */
  baseUrl: string
  /** Where the files of packages are. */
  storage: FileStorage
  repositoriesDir: string
  /** Aborted when the process ends: what takes long is left for another time. */
  signal: AbortSignal
}

/**
 * Runs a job. It may be run again after it succeeded, when the process ended before that was noted: a task must leave
 * the same behind however often it runs.
 */
export type Task = (payload: unknown, parts: TaskParts) => Promise<void>

export const tasks: Readonly<Record<keyof Jobs, Task>> = {
  'collect-evidence': collectEvidenceTask,
  'keep-repository': keepRepositoryTask,
  'remove-stored-file': removeStoredFileTask,
}
