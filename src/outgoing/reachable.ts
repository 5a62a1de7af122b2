// Which addresses the server may ask on somebody's behalf. Otherwise a URL that a client names would reach what only this machine
// or its network can reach.
import { lookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { networkInterfaces } from 'node:os'
import pLimit from 'p-limit'
import { z } from 'zod'
import { RuleViolation } from '../foundation/errors.ts'

/** Of IPv6 only 2000::/3 is public, without the ranges in it that lead to IPv4 addresses or that nobody has. */
const FORBIDDEN = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.168.0.0/16', '198.18.0.0/15', '224.0.0.0/3'],
  ...['::/3', '4000::/2', '8000::/1', '2001::/32', '2001:db8::/32', '2002::/16'],
]

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4')

/**
 * A list for each family, because Node compares an IPv4 address also with ranges of IPv6. Throws when a range is not an address,
 * or an address with the number of its leading bits.
 */
function blockListsOf(ranges: readonly string[]): Record<'ipv4' | 'ipv6', BlockList> {
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() }
  for (const range of ranges) {
    const [address = '', bits] = range.split('/')
    const family = familyOf(address)
    if (bits === undefined) lists[family].addAddress(address, family)
    else lists[family].addSubnet(address, Number(bits), family)
  }
  return lists
}

const forbidden = blockListsOf(FORBIDDEN)
const ownAddresses = () =>
  Object.values(networkInterfaces()).flatMap((faces) => (faces ?? []).map((face) => face.address))

export type Reachable = (address: string) => boolean

/** Answers for addresses. `allowed` is what the operator allows although it is private. */
export function reachable(allowed: readonly string[]): Reachable {
  const exceptions = blockListsOf(allowed)
  return (address) => {
    const family = familyOf(address)
    if (exceptions[family].check(address, family)) return true
    return !forbidden[family].check(address, family) && !ownAddresses().includes(address)
  }
}

/** The value of the environment variable: addresses and ranges, with commas between them. */
export const PrivateAddresses = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((range) => range.trim())
      .filter((range) => range !== ''),
  )
  .refine(
    (ranges) => {
      try {
        return ranges.every((range) => isIP(range.split('/')[0] ?? '') !== 0) && blockListsOf(ranges) !== null
      } catch {
        return false
      }
    },
    { error: 'must be a list of addresses and ranges such as 10.1.0.0/16, with commas between them' },
  )

const unreachable = (host: string) =>
  new RuleViolation(
    'INVALID',
    `${host} is at a private address, which this server does not ask: an operator may allow it`,
  )

const hostOf = ({ hostname }: URL) => hostname.replace(/^\[|\]$/g, '')

/** Whether the URL has an address in place of a name. */
export const isAddress = (url: URL): boolean => isIP(hostOf(url)) !== 0

/** Looks up few names at a time, because each takes one of the four threads that files need as well. */
const inTurn = pLimit(2)

const lookUp = (host: string) =>
  new Promise<string[]>((resolve, reject) =>
    lookup(host, { all: true }, (error, all) =>
      error
        ? reject(new RuleViolation('INVALID', `There is no host ${host}`))
        : resolve(all.map(({ address }) => address)),
    ),
  )

/** All addresses of the host, each checked. Throws when one of them is forbidden, or when the host has none. */
export async function addressesOf(url: URL, mayReach: Reachable): Promise<string[]> {
  const host = hostOf(url)
  const found = isAddress(url) ? [host] : await inTurn(() => lookUp(host))
  if (!found.every(mayReach)) throw unreachable(host)
  return found
}

/** Resolves a name for one connection, which then goes to an address that was checked. Node asks for no name that is an address. */
export const checkedLookup =
  (mayReach: Reachable): LookupFunction =>
  (hostname, options, callback) =>
    lookup(hostname, { ...options, all: true }, (error, found) => {
      const [first] = found ?? []
      if (error || !first) return callback(error ?? new Error(`${hostname} has no address`), [])
      if (!found.every(({ address }) => mayReach(address))) return callback(unreachable(hostname), [])
      if (options.all) callback(null, found)
      else callback(null, first.address, first.family)
    })
