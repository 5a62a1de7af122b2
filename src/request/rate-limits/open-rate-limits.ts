import type { Log } from '../../foundation/log.ts'
import { createBudgets } from './budgets.ts'
import { startExchange } from './exchange.ts'
import { createRateLimits, noRateLimits, type RateLimits } from './rate-limits.ts'

/** Points in a minute. */
export type RateLimitSettings = Readonly<{ account: number; address: number }>

/** Wrong credentials from one address in a minute: more than a client that has not noticed, fewer than are worth trying. */
const REFUSALS = 300

type Parts = {
  /** Null: nobody is limited. */
  settings: RateLimitSettings | null
  /** The database by which processes tell each other; null: this one is alone. */
  url: string | null
  metrics: { observeRefusal: (door: string, budget: string) => void }
  log: Log
}

export function openRateLimits({ settings, url, metrics, log }: Parts): {
  rateLimits: RateLimits
  close: () => Promise<void>
} {
  if (settings === null) return { rateLimits: noRateLimits, close: async () => {} }
  const budgets = createBudgets({ ...settings, refusals: REFUSALS })
  const rateLimits = createRateLimits({ budgets, onRefusal: metrics.observeRefusal })
  const exchange = url === null ? null : startExchange({ budgets, url, log })
  return { rateLimits, close: async () => exchange?.close() }
}
