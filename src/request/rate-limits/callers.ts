import { addressCaller, callerOf, networkOf } from '../../access/caller.ts'
import type { Viewer } from '../../access/viewer.ts'

export type Budget = 'account' | 'address' | 'refusals' | Scarce['what']

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

/** Something that may be done only a few times a minute: with one project, or at all. */
export type Scarce = { what: 'changelogs' | 'previews'; projectId: number | null }

export const scarceCaller = (viewer: Viewer, ipAddress: string | null, { what, projectId }: Scarce): Caller => ({
  key: `${what} ${projectId ?? ''} ${callerOf({ viewer, ipAddress })}`,
  budget: what,
})
