import { LRUCache } from 'lru-cache'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import type { Budget, Caller } from './callers.ts'

const WINDOW_SECONDS = 60

/** Of each kind; more would be an attack, in which the one that has not been seen for longest is forgotten. */
const MAX_CALLERS = 50_000

/** Points that a caller may spend in a minute. */
type Limits = Readonly<Record<Budget, number>>

export type RateLimitState = {
  limit: number
  /** From 0 on: what is left until then. */
  remaining: number
  /** Until all of it is there again. */
  resetMs: number
}

/** What was spent here and is not told to the other processes yet. */
export type Spent = { key: string; points: number; resetMs: number }

/** What each caller has spent since its minute began, as far as this process knows. */
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
  const budgets = { account: create('account'), address: create('address'), refusals: create('refusals') }
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

    /** Null: nothing was left before. Else it is spent, also when it is more than was left: so whatever may be asked can be. */
    async spend({ key, budget }: Caller, points: number): Promise<{ state: RateLimitState; granted: boolean }> {
      const { limiter, known } = budgets[budget]
      known.set(key, true)
      // Counts at once, and asks nothing of anybody: two requests never take the same points.
      const { consumedPoints, msBeforeNext } = await limiter.penalty(key, points)
      const granted = consumedPoints - points < limits[budget]
      if (granted) unsent.set(key, (unsent.get(key) ?? 0) + points)
      return { state: stateOf(budget, consumedPoints, msBeforeNext), granted }
    },

    /** Those who have spent most come first. */
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

    /** They could not be told: next time. */
    putBack(spent: readonly Spent[]): void {
      for (const { key, points } of spent) {
        if (budgetOf(key).known.has(key)) unsent.set(key, (unsent.get(key) ?? 0) + points)
      }
    },

    /** What all processes together have spent. */
    learn({ key, points, resetMs }: Spent): void {
      if (!budgetOf(key).known.has(key)) return
      void budgetOf(key).limiter.set(key, points + (unsent.get(key) ?? 0), Math.max(resetMs, 1) / 1000)
    },
  }
}

export type Budgets = ReturnType<typeof createBudgets>
