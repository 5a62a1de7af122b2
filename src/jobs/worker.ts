import { setTimeout } from 'node:timers/promises'
import { db } from '../database/db.ts'
import { enqueue } from '../database/job-queue.ts'
import { endLostImports } from '../modules/imports/start-import.ts'
import { requestSettlement } from '../modules/pushes/pending-pushes.ts'
import { type Deliveries, startDeliveries } from '../modules/webhooks/deliver.ts'
import { startRegular } from './regular.ts'
import { requestRepositoryMaintenance } from './repository-maintenance.ts'
import { type JobRunner, type RunnerOptions, startRunner } from './runner.ts'

/** `stop` finishes the running jobs. */
export type Worker = { stop: () => Promise<void> }

const RESTART_MS = 1000

/** Runs jobs until it is stopped, and survives outages of the database. Throws when the database is away at the start. */
export async function startWorker(given: RunnerOptions): Promise<Worker> {
  const { log, auditAddressDays: days, onDelivery = () => {} } = given
  let deliveries: Deliveries | null = null
  const options = { ...given, wakeDeliveries: () => deliveries?.wake() }
  let runner: JobRunner | null = await startRunner(options)
  deliveries = startDeliveries({ ...given, onDelivery })
  const forget = () => enqueue(db, 'forget-addresses', { days }, { key: 'forget-addresses' })
  const forgetDeliveries = () => enqueue(db, 'forget-webhook-deliveries', {}, { key: 'forget-webhook-deliveries' })
  const removeSessions = () => enqueue(db, 'remove-sessions', {}, { key: 'remove-sessions' })
  const removeArtifacts = () => enqueue(db, 'remove-expired-artifacts', {}, { key: 'remove-expired-artifacts' })
  const hourly = [
    requestRepositoryMaintenance,
    forget,
    endLostImports,
    removeSessions,
    removeArtifacts,
    forgetDeliveries,
  ]
  const regular = startRegular(log, { hourly, eachMinute: [requestSettlement] })
  const stopping = new AbortController()
  const restart = async () => {
    await setTimeout(RESTART_MS, undefined, { signal: stopping.signal }).catch(() => undefined)
    if (stopping.signal.aborted) return null
    return startRunner(options).catch((error) => {
      options.log.warn({ err: error }, 'cannot run jobs')
      return null
    })
  }
  const keepRunning = async () => {
    while (!stopping.signal.aborted) {
      await runner?.ended
      runner = null
      runner = await restart()
    }
    // The worker was stopped while a new runner was starting.
    await runner?.stop()
  }
  const done = keepRunning()
  const stop = async () => {
    regular.stop()
    stopping.abort()
    await runner?.stop()
    await done
    await deliveries?.stop()
  }
  return { stop }
}
