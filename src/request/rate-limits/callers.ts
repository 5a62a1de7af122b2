import { addressCaller, callerOf, networkOf } from '../../access/caller.ts'
import type { Viewer } from '../../access/viewer.ts'

export type Budget = 'account' | 'address' | 'refusals'

/** The caller to which a request is charged, and the kind of its budget. */
export type Caller = { key: string; budget: Budget }

export const anonymousCaller = (address: string | null): Caller => ({ key: addressCaller(address), budget: 'address' })

export const wrongCredentialsCaller = (address: string | null): Caller => ({
  key: `refusals ${networkOf(address ?? 'unknown')}`,
  budget: 'refusals',
})

export function budgetOf(viewer: Viewer, ipAddress: string | null): Caller {
  const key = callerOf({ viewer, ipAddress })
  return { key, budget: key.startsWith('address ') ? 'address' : 'account' }
}
