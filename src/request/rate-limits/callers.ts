import { addressCaller, callerOf, networkOf } from '../../access/caller.ts'
import type { Viewer } from '../../access/viewer.ts'

export type Budget = 'account' | 'address' | 'refusals'

/** Who a request is counted for, and from what it is taken. */
export type Caller = { key: string; budget: Budget }

/** Whoever asks from there without a credential. */
export const strangerFrom = (address: string | null): Caller => ({ key: addressCaller(address), budget: 'address' })

/** Whoever tries credentials from there. */
export const guesserFrom = (address: string | null): Caller => ({
  key: `refusals ${networkOf(address ?? 'unknown')}`,
  budget: 'refusals',
})

export function budgetOf(viewer: Viewer, ipAddress: string | null): Caller {
  const key = callerOf({ viewer, ipAddress })
  return { key, budget: key.startsWith('address ') ? 'address' : 'account' }
}
