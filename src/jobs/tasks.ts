import type { Viewer } from '../access/viewer.ts'
import type { Jobs } from '../database/job-queue.ts'
import type { Log } from '../foundation/log.ts'
import type { Mailer } from '../outgoing/mailer.ts'
import type { Reachable } from '../outgoing/reachable.ts'
import type { FileStorage } from '../storage/file-storage.ts'
import { announceReleaseTask } from './tasks/announce-release-task.ts'
import { collectEvidenceTask } from './tasks/collect-evidence-task.ts'
import { forgetAddressesTask } from './tasks/forget-addresses-task.ts'
import { importProjectTask } from './tasks/import-project-task.ts'
import { keepRepositoryTask } from './tasks/keep-repository-task.ts'
import { type Letter, mailReleaseTask, type ReleaseOfProject } from './tasks/mail-release-task.ts'
import { removeGroupTask, removeProjectTask } from './tasks/remove-deleted-tasks.ts'
import { removeExpiredArtifactsTask } from './tasks/remove-expired-artifacts-task.ts'
import { removeSessionsTask } from './tasks/remove-sessions-task.ts'
import { removeStoredFileTask } from './tasks/remove-stored-file.ts'
import { settlePushesTask } from './tasks/settle-pushes-task.ts'
import { forgetWebhookDeliveriesTask, queueWebhooksTask } from './tasks/webhook-tasks.ts'

export type MailParts = {
  mailer: Mailer
  /** Writes the mail about a release for readers with the same abilities as the first. Null when they see no release. */
  write: (first: Viewer, release: ReleaseOfProject) => Promise<Letter | null>
  /** Counts an attempt at a mail. */
  onMail: (result: 'sent' | 'refused' | 'failed') => void
}

export type TaskParts = {
  /** Every line has the job's ID. */
  log: Log
  /** Scheme, host and optional path in front of every absolute URL, without a trailing slash. */
  baseUrl: string
  storage: FileStorage
  repositoriesDir: string
  /** Which addresses imports and webhooks may ask. */
  mayReach: Reachable
  /** Null when the server sends no mails. */
  mails: MailParts | null
  /** Sends deliveries of webhooks that are due, at once. */
  wakeDeliveries: () => void
  /** Aborted when the process stops. Long work is then left for another time. */
  signal: AbortSignal
}

/**
 * Runs a job. A task must be idempotent, because a job runs again when the process ends before its success is recorded.
 */
export type Task = (payload: unknown, parts: TaskParts) => Promise<void>

export const tasks: Readonly<Record<keyof Jobs, Task>> = {
  'collect-evidence': collectEvidenceTask,
  'announce-release': announceReleaseTask,
  'mail-release': mailReleaseTask,
  'import-project': importProjectTask,
  'forget-addresses': forgetAddressesTask,
  'remove-sessions': removeSessionsTask,
  'remove-expired-artifacts': removeExpiredArtifactsTask,
  'keep-repository': keepRepositoryTask,
  'remove-stored-file': removeStoredFileTask,
  'remove-project': removeProjectTask,
  'remove-group': removeGroupTask,
  'settle-pushes': settlePushesTask,
  'queue-webhooks': queueWebhooksTask,
  'forget-webhook-deliveries': forgetWebhookDeliveriesTask,
}
