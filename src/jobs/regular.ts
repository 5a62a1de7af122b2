// What every process does regularly: it asks for jobs, which have keys, or for what may be done by several processes at once.
import type { Log } from '../foundation/log.ts'

type Ask = () => Promise<unknown>

const HOUR_MS = 60 * 60_000
/** The first time waits, because a starting server has enough to do. */
const FIRST_HOURLY_MS = 5 * 60_000
const MINUTE_MS = 60_000

/** What is asked for each minute is asked for at once, too. */
export function startRegular(log: Log, asks: { hourly: readonly Ask[]; eachMinute: readonly Ask[] }) {
  const askAll = (all: readonly Ask[]) => {
    for (const ask of all) ask().catch((error) => log.warn({ err: error }, 'cannot ask for a regular job'))
  }
  const askHourly = () => askAll(asks.hourly)
  const first = setTimeout(askHourly, FIRST_HOURLY_MS).unref()
  const hourly = setInterval(askHourly, HOUR_MS).unref()
  const eachMinute = setInterval(() => askAll(asks.eachMinute), MINUTE_MS).unref()
  askAll(asks.eachMinute)
  const stop = () => {
    clearTimeout(first)
    clearInterval(hourly)
    clearInterval(eachMinute)
  }
  return { stop }
}
