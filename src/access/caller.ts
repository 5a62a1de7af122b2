import { isIPv6 } from 'node:net'
import type { Viewer } from './viewer.ts'

/** A /64, the least that a provider gives to one customer. A customer could use up one share with each single address. */
const GROUPS_OF_A_NETWORK = 4
const GROUPS = 8

const groupsOf = (text: string | undefined) => text?.split(':').filter(Boolean) ?? []

/** The IPv4 address itself, or the /64 network of an IPv6 address. */
export function networkOf(address: string): string {
  if (!address.includes(':') || !isIPv6(address)) return address
  // The URL parser writes an address in its one canonical form, without dots.
  const [head, tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::', 2)
  const [first, last] = [groupsOf(head), groupsOf(tail)]
  const zeros = Array.from({ length: GROUPS - first.length - last.length }, () => '0')
  return `${[...first, ...zeros, ...last].slice(0, GROUPS_OF_A_NETWORK).join(':')}::/64`
}

export const addressCaller = (address: string | null): string => `address ${networkOf(address ?? 'unknown')}`

/** Rates and queues count a request for its account (with all its tokens), for its pipeline's project, or for its address. */
export function callerOf({ viewer, ipAddress }: { viewer: Viewer; ipAddress: string | null }): string {
  if (viewer.user) return `account ${viewer.user.id}`
  if (viewer.projectRoles.size > 0) return `project ${Math.min(...viewer.projectRoles.keys())}`
  return addressCaller(ipAddress)
}
