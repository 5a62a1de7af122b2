import { isIPv6 } from 'node:net'
import type { Viewer } from './viewer.ts'

/** What one customer of a provider is given of IPv6, at least: with single addresses each had as many shares as it wants. */
const GROUPS_OF_A_NETWORK = 4
const GROUPS = 8

const groupsOf = (text: string | undefined) => text?.split(':').filter(Boolean) ?? []

/** The address; of IPv6 its /64. */
export function networkOf(address: string): string {
  if (!address.includes(':') || !isIPv6(address)) return address
  // As a URL it has no dots and is written in one way.
  const [head, tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::', 2)
  const [first, last] = [groupsOf(head), groupsOf(tail)]
  const zeros = Array.from({ length: GROUPS - first.length - last.length }, () => '0')
  return `${[...first, ...zeros, ...last].slice(0, GROUPS_OF_A_NETWORK).join(':')}::/64`
}

export const addressCaller = (address: string | null): string => `address ${networkOf(address ?? 'unknown')}`

/** Whose share of what is bounded a request takes: an account's with all its tokens, a pipeline's project's, else the address's. */
export function callerOf({ viewer, ipAddress }: { viewer: Viewer; ipAddress: string | null }): string {
  if (viewer.user) return `account ${viewer.user.id}`
  if (viewer.projectRoles.size > 0) return `project ${Math.min(...viewer.projectRoles.keys())}`
  return addressCaller(ipAddress)
}
