import { LRUCache } from 'lru-cache'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import type { Budget, Caller } from './callers.ts'

const WINDOW_SECONDS = 60

/** The most callers of each kind. More would be an attack, and the least recently seen caller is then forgotten. */
const MAX_CALLERS = 50_000

/** Points that a caller may spend in a minute. */
type Limits = Readonly<Record<Budget, number>>

export type RateLimitState = {
  limit: number
  /** The points that are left in the minute, at least 0. */
  remaining: number
  /** The time until all points are available again. */
  resetMs: number
}

/** Points that were spent here and that the other processes do not know yet. */
export type Spent = { key: string; points: number; resetMs: number }

/** Counts what each caller has spent since its minute began, as far as this process knows. */
export function createBudgets(limits: Limits) {
  const unsent = new Map<string, number>()
  const create = (budget: Budget) => {
    const limiter = new RateLimiterMemory({ points: limits[budget], duration: WINDOW_SECONDS, keyPrefix: '' })
    const forget = (_seen: true, key: string) => {
      unsent.delete(key)
      void limiter.delete(key)
    }
    return { limiter, known: new LRUCache<string, true>({ max: MAX_CALLERS, dispose: forget, noDisposeOnSet: true }) }
  }
  const budgets = {
    ...{ account: create('account'), address: create('address') },
    ...{ refusals: create('refusals'), changelogs: create('changelogs'), previews: create('previews') },
  }
  const budgetOf = (key: string) => budgets[key.split(' ', 1)[0] as Budget] ?? budgets.account

  const stateOf = (budget: Budget, spent: number, resetMs: number): RateLimitState => ({
    limit: limits[budget],
    remaining: Math.max(limits[budget] - spent, 0),
    resetMs: Math.max(resetMs, 0),
  })

  return {
    async stateOf({ key, budget }: Caller): Promise<RateLimitState> {
      const found = await budgets[budget].limiter.get(key)
      return stateOf(budget, found?.consumedPoints ?? 0, found?.msBeforeNext ?? WINDOW_SECONDS * 1000)
    },

    /** Grants the points if anything was left before, even less than the points, so that every permitted request can be made. */
    async spend({ key, budget }: Caller, points: number): Promise<{ state: RateLimitState; granted: boolean }> {
      const { limiter, known } = budgets[budget]
      known.set(key, true)
      // Counts at once in memory, so that two requests never take the same points.
      const { consumedPoints, msBeforeNext } = await limiter.penalty(key, points)
      const granted = consumedPoints - points < limits[budget]
      if (granted) unsent.set(key, (unsent.get(key) ?? 0) + points)
      return { state: stateOf(budget, consumedPoints, msBeforeNext), granted }
    },

    /** Takes the callers that have spent the most. */
    async takeUnsent(atMost: number): Promise<Spent[]> {
      const all = [...unsent]
      const taken = all.length <= atMost ? all : all.sort(([, a], [, b]) => b - a).slice(0, atMost)
      for (const [key] of taken) unsent.delete(key)
      return Promise.all(
        taken.map(async ([key, points]) => {
          const resetMs = (await budgetOf(key).limiter.get(key))?.msBeforeNext ?? 0
          return { key, points, resetMs: Math.max(Math.ceil(resetMs), 1) }
        }),
      )
    },

    /** Returns points that could not be told to the other processes, for the next time. */
    putBack(spent: readonly Spent[]): void {
      for (const { key, points } of spent) {
        if (budgetOf(key).known.has(key)) unsent.set(key, (unsent.get(key) ?? 0) + points)
      }
    },

    /** Takes over what all processes together have spent. */
    learn({ key, points, resetMs }: Spent): void {
      if (!budgetOf(key).known.has(key)) return
      void budgetOf(key).limiter.set(key, points + (unsent.get(key) ?? 0), Math.max(resetMs, 1) / 1000)
    },
  }
}

export type Budgets = ReturnType<typeof createBudgets>
