import { setTimeout } from 'node:timers/promises'
import { startRepositoryCare } from './repository-care.ts'
import { type JobRunner, type RunnerOptions, startRunner } from './runner.ts'

/** `stop` finishes the running jobs. */
export type Worker = { stop: () => Promise<void> }

const RESTART_MS = 1000

/** Runs jobs until it is stopped, and survives outages of the database. Throws when the database is away at the start. */
export async function startWorker(options: RunnerOptions): Promise<Worker> {
  let runner: JobRunner | null = await startRunner(options)
  const care = startRepositoryCare(options.log)
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
    care.stop()
    stopping.abort()
    await runner?.stop()
    await done
  }
  return { stop }
}
