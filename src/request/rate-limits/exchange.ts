// Once a second each process adds the points that were spent in it to the database, and reads what all processes have spent. So a
// caller has one budget across all processes and servers, and no request waits for the exchange. A failed exchange is repeated.
import type { Pool } from 'pg'
import { DatabasePool } from '../../database/connections/database-pool.ts'
import type { Log } from '../../foundation/log.ts'
import type { Budgets, Spent } from './budgets.ts'

const EXCHANGE_MS = 1000
/** The most callers in one exchange. The callers that have spent the most come first. */
const MAX_TOLD = 1000
const CLEAN_UP_MS = 60_000
const PATIENCE_MS = 2000

/** Ordered by caller, so that processes lock the rows in the same order and cannot deadlock. */
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

/** Makes one exchange. Logs when exchanges begin to fail, and when they succeed again. */
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

/** Uses its own connection, so that requests that wait for the database do not hold it up. The connection closes when idle. */
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
    // An exchange that takes longer than a second is not overtaken. The next one tells what is spent meanwhile.
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
