// What the database knows. Every process has the same values, so of several processes on one port one tells them. The values are NaN
// while the database is away.
import { Gauge, type Registry } from 'prom-client'
import { countJobs, type JobCount, type JobState } from '../database/job-queue.ts'
import { countDamagedRepositories } from '../jobs/repository-maintenance.ts'
import { tasks } from '../jobs/tasks.ts'
import { lastBackupSeconds } from '../modules/backups/last-backup.ts'
import { countMails } from '../modules/notifications/mail-queue.ts'
import { countDeliveries } from '../modules/webhooks/claim-deliveries.ts'

/** Gauges that are read at the same time share a statement. */
function shared<Result>(ask: () => Promise<Result>): () => Promise<Result> {
  let asking: Promise<Result> | undefined
  return () => {
    asking ??= ask().finally(() => {
      asking = undefined
    })
    return asking
  }
}

type Shape = { name: string; help: string; label?: string }

/** `read` gives the value for each value of the label. */
function register(
  registry: Registry,
  { name, help, label }: Shape,
  read: () => Promise<Readonly<Record<string, number>>>,
): void {
  new Gauge({
    ...{ name, help, labelNames: label === undefined ? [] : [label], registers: [registry] },
    aggregator: 'first',
    async collect() {
      for (const [value, count] of Object.entries(await read())) {
        if (label === undefined) this.set(count)
        else this.set({ [label]: value }, count)
      }
    },
  })
}

const each = <Key extends string>(keys: readonly Key[], value: number) =>
  Object.fromEntries(keys.map((key) => [key, value])) as Record<Key, number>

const STATES: readonly JobState[] = ['due', 'later', 'running', 'failed']
/** A newer server on the same database may have other tasks, and the number of labels has a bound. */
const TASKS = [...Object.keys(tasks), 'other']
const taskOf = ({ task }: JobCount) => (Object.hasOwn(tasks, task) ? task : 'other')

function byState(counts: readonly JobCount[]): Record<string, number> {
  const sums = each(STATES, 0)
  for (const { state, count } of counts) sums[state] += count
  return sums
}

/** Of the jobs that are due, a sum or a maximum for each task. */
const ofDue = (counts: readonly JobCount[], join: (so_far: number, count: JobCount) => number) => {
  const values: Record<string, number> = each(TASKS, 0)
  for (const count of counts.filter(({ state }) => state === 'due')) {
    values[taskOf(count)] = join(values[taskOf(count)] ?? 0, count)
  }
  return values
}

const JOBS = {
  name: 'waybill_jobs',
  help: 'Jobs in the queue of all processes: due, later (dated, or to be tried again), running, failed (given up). At most 10,000 are counted.',
  label: 'state',
}
const DUE = { name: 'waybill_jobs_due', help: 'Jobs that are due and wait for a process, by task.', label: 'task' }
const OLDEST = {
  name: 'waybill_jobs_oldest_due_seconds',
  help: 'Seconds for which the oldest job that is due has waited, by task; 0 when none waits.',
  label: 'task',
}

function registerJobs(registry: Registry): void {
  const count = shared(countJobs)
  const nobody = (keys: readonly string[]) => () => each(keys, Number.NaN)
  register(registry, JOBS, () => count().then(byState).catch(nobody(STATES)))
  register(registry, DUE, () =>
    count()
      .then((all) => ofDue(all, (sum, one) => sum + one.count))
      .catch(nobody(TASKS)),
  )
  register(registry, OLDEST, () =>
    count()
      .then((all) => ofDue(all, (oldest, one) => Math.max(oldest, one.waitedSeconds)))
      .catch(nobody(TASKS)),
  )
}

const MAILS = {
  name: 'waybill_mails',
  help: 'Mails of all processes that wait to be sent, and mails that the mail server has refused for good. At most 10,000 of each are counted.',
  label: 'state',
}
const DELIVERIES = {
  name: 'waybill_webhook_deliveries',
  help: 'Deliveries of webhooks in the queue of all processes: due, later (to be tried again, or of a webhook that rests). At most 10,000 are counted.',
  label: 'state',
}
const DAMAGED = {
  name: 'waybill_repositories_damaged',
  help: 'Repositories with a problem at their last weekly verification by git. The log names each repository.',
}
const BACKUP = {
  name: 'waybill_backup_time_seconds',
  help: 'The moment that the last complete backup shows, in seconds since 1970; 0 without a backup by `waybill backup`.',
}

export function registerDatabase(registry: Registry): void {
  registerJobs(registry)
  register(registry, MAILS, () => countMails().catch(() => ({ waiting: Number.NaN, refused: Number.NaN })))
  register(registry, DELIVERIES, () => countDeliveries().catch(() => ({ due: Number.NaN, later: Number.NaN })))
  register(registry, DAMAGED, async () => ({ all: await countDamagedRepositories().catch(() => Number.NaN) }))
  register(registry, BACKUP, async () => ({ all: await lastBackupSeconds().catch(() => Number.NaN) }))
}
