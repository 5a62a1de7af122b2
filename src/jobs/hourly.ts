// What every process does once in an hour: it asks for jobs, which have keys, or for what may be done by several processes at once.
import type { Log } from '../foundation/log.ts'

const EVERY_MS = 60 * 60_000
/** The first time waits, because a starting server has enough to do. */
const FIRST_MS = 5 * 60_000

export function startHourly(log: Log, asks: readonly (() => Promise<unknown>)[]): { stop: () => void } {
  const askAll = () => {
    for (const ask of asks) ask().catch((error) => log.warn({ err: error }, 'cannot ask for a regular job'))
  }
  const first = setTimeout(askAll, FIRST_MS).unref()
  const timer = setInterval(askAll, EVERY_MS).unref()
  const stop = () => {
    clearTimeout(first)
    clearInterval(timer)
  }
  return { stop }
}
