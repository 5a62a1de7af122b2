import { isIPv6 } from 'node:net'
import type { Viewer } from '../../modules/access/viewer.ts'

export type Budget = 'account' | 'address' | 'refusals'

/** Who a request is counted for, and from what it is taken. */
export type Caller = { key: string; budget: Budget }

/** What one customer of a provider is given of IPv6, at least: with single addresses each had as many budgets as it wants. */
const GROUPS_OF_A_NETWORK = 4
const GROUPS = 8

const groupsOf = (text: string | undefined) => text?.split(':').filter(Boolean) ?? []

/** The address; of IPv6 its /64. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  // As a URL it has no dots and is written in one way.
  const [head, tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::', 2)
  const [first, last] = [groupsOf(head), groupsOf(tail)]
  const zeros = Array.from({ length: GROUPS - first.length - last.length }, () => '0')
  return `${[...first, ...zeros, ...last].slice(0, GROUPS_OF_A_NETWORK).join(':')}::/64`
}

const byAddress = (budget: Budget, address: string | null): Caller => ({
  key: `${budget} ${networkOf(address ?? 'unknown')}`,
  budget,
})

/** Whoever asks from there without a credential. */
export const strangerFrom = (address: string | null): Caller => byAddress('address', address)

/** Whoever tries credentials from there. */
export const guesserFrom = (address: string | null): Caller => byAddress('refusals', address)

/** An account with all its tokens, a pipeline without one by its project, nobody by the address. */
export function callerOf({ user, projectRoles }: Viewer, address: string | null): Caller {
  if (user) return { key: `account ${user.id}`, budget: 'account' }
  if (projectRoles.size > 0) return { key: `project ${Math.min(...projectRoles.keys())}`, budget: 'account' }
  return strangerFrom(address)
}
