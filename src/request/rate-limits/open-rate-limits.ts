import type { Log } from '../../foundation/log.ts'
import { createBudgets } from './budgets.ts'
import { startExchange } from './exchange.ts'
import { createRateLimits, noRateLimits, type RateLimits } from './rate-limits.ts'

/** The points that a caller may spend in a minute. */
export type RateLimitSettings = Readonly<{ account: number; address: number }>

/**
 * Wrong credentials from one address in a minute. More than a client with an outdated token sends, and too few for guessing.
 */
const REFUSALS = 300

/** Of a caller and a project, as in GitLab, because each lets git walk through a history. */
const CHANGELOGS = 5

/** Of a caller, because the longest text takes a second. */
const PREVIEWS = 30

type Parts = {
  /** Null when nobody is limited. */
  settings: RateLimitSettings | null
  /** The database through which processes share what was spent; null for a single process. */
  url: string | null
  metrics: { observeRefusal: (door: string, budget: string) => void }
  log: Log
}

export function openRateLimits({ settings, url, metrics, log }: Parts): {
  rateLimits: RateLimits
  close: () => Promise<void>
} {
  if (settings === null) return { rateLimits: noRateLimits, close: async () => {} }
  const budgets = createBudgets({ ...settings, refusals: REFUSALS, changelogs: CHANGELOGS, previews: PREVIEWS })
  const rateLimits = createRateLimits({ budgets, onRefusal: metrics.observeRefusal })
  const exchange = url === null ? null : startExchange({ budgets, url, log })
  return { rateLimits, close: async () => exchange?.close() }
}
