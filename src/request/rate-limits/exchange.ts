// Once a second each process tells the database what was spent in it and learns what all have spent together: so a caller has one
// budget, however many processes and nodes there are, and no request waits for it. What cannot be told is told later.
import type { Pool } from 'pg'
import { DatabasePool } from '../../database/connections/database-pool.ts'
import type { Log } from '../../foundation/log.ts'
import type { Budgets, Spent } from './budgets.ts'

const EXCHANGE_MS = 1000
/** Callers told at a time: those who spent most. */
const MAX_TOLD = 1000
const CLEAN_UP_MS = 60_000
const PATIENCE_MS = 2000

/** Each by the same order of rows, so that processes wait for each other instead of in a ring. */
const EXCHANGE = `
  INSERT /* rateLimits.exchange */ INTO rate_limits AS known (caller, points, ends_at)
  SELECT caller, points, now() + left_ms * interval '1 millisecond'
  FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS spent (caller, points, left_ms) ORDER BY caller
  ON CONFLICT (caller) DO UPDATE SET
    points = CASE WHEN known.ends_at > now() THEN known.points ELSE 0 END + excluded.points,
    ends_at = CASE WHEN known.ends_at > now() THEN known.ends_at ELSE excluded.ends_at END
  RETURNING caller AS key, points::float8, extract(epoch FROM ends_at - now())::float8 * 1000 AS "resetMs"`

const CLEAN_UP = `
  DELETE /* rateLimits.cleanUp */ FROM rate_limits WHERE caller IN (
    SELECT caller FROM rate_limits WHERE ends_at < now() - interval '1 minute' ORDER BY caller FOR UPDATE SKIP LOCKED)`

export type Exchange = { close: () => Promise<void> }

type ExchangeParts = { budgets: Budgets; url: string; log: Log }

/** Says when it begins to fail, and when that is over. */
function createTeller(pool: Pool, { budgets, log }: ExchangeParts) {
  let fails = false
  return async (spent: readonly Spent[]): Promise<boolean> => {
    const columns = [spent.map(({ key }) => key), spent.map(({ points }) => points), spent.map((one) => one.resetMs)]
    try {
      const { rows } = await pool.query<Spent>(EXCHANGE, columns)
      for (const row of rows) budgets.learn(row)
      if (fails) log.info('rate limits are shared with other processes again')
      fails = false
    } catch (error) {
      budgets.putBack(spent)
      if (!fails) log.warn({ err: error }, 'rate limits are not shared with other processes')
      fails = true
    }
    return !fails
  }
}

/** By a connection of its own, which is closed while nobody spends: requests that wait for the database do not hold it up. */
export function startExchange(parts: ExchangeParts): Exchange {
  const pool = new DatabasePool({
    ...{ connectionString: parts.url, max: 1 },
    ...{ patienceMs: PATIENCE_MS, connectTimeoutMs: PATIENCE_MS },
  })
  const tell = createTeller(pool, parts)
  let cleanedAt = Number.NEGATIVE_INFINITY
  let running = Promise.resolve()

  const run = async () => {
    const spent = await parts.budgets.takeUnsent(MAX_TOLD)
    if (spent.length === 0) return
    if (!(await tell(spent))) return
    if (performance.now() - cleanedAt < CLEAN_UP_MS) return
    cleanedAt = performance.now()
    await pool.query(CLEAN_UP).catch(() => undefined)
  }
  let busy = false
  const timer = setInterval(() => {
    // One that takes longer than a second: what is spent meanwhile is told by the next.
    if (busy) return
    busy = true
    running = run().finally(() => (busy = false))
  }, EXCHANGE_MS)
  timer.unref()
  return {
    async close() {
      clearInterval(timer)
      await running
      await pool.end()
    },
  }
}
