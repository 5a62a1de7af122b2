import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createBudgets } from '../../../src/request/rate-limits/budgets.ts'
import type { Caller } from '../../../src/request/rate-limits/callers.ts'
import { rateLimitHeaders } from '../../../src/request/rate-limits/rate-limits.ts'

const WINDOW_MS = 60_000
const LIMIT = 100

const caller = (n: number): Caller => ({ key: `account ${n}`, budget: 'account' })
const create = () =>
  createBudgets({ account: LIMIT, address: LIMIT, refusals: LIMIT, changelogs: LIMIT, previews: LIMIT })

// Time is advanced all at once below: timers that other tests' servers set in the same process meanwhile would be waited for as well.
beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

type Step = { who: number; points: number; waitMs: number; learned: number | null }

const step: fc.Arbitrary<Step> = fc.record({
  who: fc.integer({ min: 1, max: 3 }),
  points: fc.integer({ min: 1, max: 150 }),
  waitMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2 * WINDOW_MS })),
  learned: fc.option(fc.integer({ min: 0, max: 1000 })),
})

test('something from 0 to the limit is left until a future time, whatever is spent and learned', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const budgets = create()
      for (const { who, points, waitMs, learned } of steps) {
        vi.advanceTimersByTime(waitMs)
        const before = await budgets.stateOf(caller(who))
        const { state, granted } = await budgets.spend(caller(who), points)
        expect(granted).toBe(before.remaining > 0)
        expect(state.remaining).toBe(granted ? Math.max(before.remaining - points, 0) : 0)
        expect(state.limit).toBe(LIMIT)
        expect(state.resetMs).toBeGreaterThanOrEqual(0)
        expect(state.resetMs).toBeLessThanOrEqual(WINDOW_MS)
        const reset = Number(rateLimitHeaders(state)['RateLimit-Reset'])
        expect(reset * 1000).toBeGreaterThanOrEqual(Date.now())
        if (learned !== null) budgets.learn({ key: caller(who).key, points: learned, resetMs: state.resetMs })
      }
    }),
    { numRuns: 50 },
  )
})

test('a minute after the first request all points are there again', async () => {
  const budgets = create()
  await budgets.spend(caller(1), 40)
  vi.advanceTimersByTime(WINDOW_MS / 2)
  expect((await budgets.spend(caller(1), 60)).state).toEqual({ limit: LIMIT, remaining: 0, resetMs: WINDOW_MS / 2 })
  expect((await budgets.spend(caller(1), 1)).granted).toBe(false)
  vi.advanceTimersByTime(WINDOW_MS / 2 - 1)
  expect((await budgets.spend(caller(1), 1)).granted).toBe(false)
  vi.advanceTimersByTime(1)
  expect(await budgets.spend(caller(1), 1)).toMatchObject({ granted: true, state: { remaining: 99 } })
})

test('requests that come at the same time never take the same points', async () => {
  const budgets = create()
  const answers = await Promise.all(Array.from({ length: 30 }, () => budgets.spend(caller(1), 10)))
  expect(answers.filter(({ granted }) => granted)).toHaveLength(10)
})

test('the cost of a refused request is not told to other processes', async () => {
  const budgets = create()
  for (let n = 0; n < 5; n++) await budgets.spend(caller(1), LIMIT)
  expect(await budgets.takeUnsent(10)).toEqual([{ key: 'account 1', points: LIMIT, resetMs: WINDOW_MS }])
  expect(await budgets.takeUnsent(10)).toEqual([])
})

test('the callers who have spent most are reported first, and what could not be reported is reported together with what follows', async () => {
  const budgets = create()
  for (const n of [1, 2, 3]) await budgets.spend(caller(n), n * 10)
  const taken = await budgets.takeUnsent(2)
  expect(taken.map(({ key, points }) => [key, points])).toEqual([
    ['account 3', 30],
    ['account 2', 20],
  ])
  await budgets.spend(caller(3), 1)
  budgets.putBack(taken)
  const all = await budgets.takeUnsent(10)
  expect(Object.fromEntries(all.map(({ key, points }) => [key, points]))).toEqual({
    'account 1': 10,
    'account 2': 20,
    'account 3': 31,
  })
})

test('a bounded number of callers is known, and the caller that has not come for longest is forgotten', async () => {
  const MOST = 50_000
  const budgets = create()
  for (let n = 1; n <= MOST + 10; n++) await budgets.spend(caller(n), LIMIT)
  expect(await budgets.takeUnsent(Number.POSITIVE_INFINITY)).toHaveLength(MOST)
  expect((await budgets.stateOf(caller(10))).remaining).toBe(LIMIT)
  expect((await budgets.stateOf(caller(11))).remaining).toBe(0)
  expect(vi.getTimerCount()).toBe(MOST)
})
