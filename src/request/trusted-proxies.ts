// Finds the client behind proxies. A proxy's headers count only when the connection comes from a trusted proxy, because anybody
// can send such headers.
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import proxyaddr from 'proxy-addr'
import { z } from 'zod'

const MAX_HOPS = 10

const problem = `must be a number of proxies from 1 to ${MAX_HOPS}, or a list of addresses, networks (10.0.0.0/8), loopback, linklocal and uniquelocal`

type Trust = (address: string, hop: number) => boolean

const NAMED = /^(?:loopback|linklocal|uniquelocal)$/

function compile(text: string): Trust {
  if (/^\d+$/.test(text)) {
    const hops = Number(text)
    if (hops < 1 || hops > MAX_HOPS) throw new TypeError(problem)
    return (_address, hop) => hop < hops
  }
  const parts = text.split(',').map((part) => part.trim())
  // Checked here, because the library would read `1` as 0.0.0.1.
  if (!parts.every((part) => NAMED.test(part) || isIP(part.split('/', 1)[0] ?? ''))) throw new TypeError(problem)
  return proxyaddr.compile(parts)
}

/** The value of TRUST_PROXY. */
export const TrustProxy = z
  .string()
  .transform((text, { addIssue }) => {
    try {
      return compile(text.trim())
    } catch {
      addIssue({ code: 'custom', message: problem })
      return z.NEVER
    }
  })
  .optional()

export type TrustProxy = z.infer<typeof TrustProxy>

/** The client on the far side of all trusted proxies. */
export type Client = {
  /** Without an interface's zone. An IPv4 address on an IPv6 socket is written as IPv4. Null when the client has gone. */
  address: string | null
  /** Null when no proxy reports it. */
  scheme: 'http' | 'https' | null
  /** The host with the port, as the client wrote it; null when the client wrote none. */
  host: string | null
}

const plain = (address: string) => address.replace(/^::ffff:(?=\d+\.)|%.*$/gi, '')

const HOST = /^(?:[a-z0-9_](?:[\w.-]{0,252})|\[[\da-f:.]{2,45}\])(?::\d{1,5})?$/i

/** The value of the outermost trusted proxy. Some proxies append their value, and others replace all values. */
function forwarded({ headers }: IncomingMessage, name: string, hops: number): string {
  const header = headers[name]
  const values = (Array.isArray(header) ? header.join() : (header ?? '')).split(',')
  return values[Math.max(values.length - hops, 0)]?.trim() ?? ''
}

function behindProxies(request: IncomingMessage, trust: Trust): Client {
  const addresses = proxyaddr.all(request, trust)
  // A malformed address identifies nobody, so the proxy that sent it counts as the client.
  const wrong = addresses.findIndex((address) => isIP(address) === 0)
  const known = wrong < 0 ? addresses : addresses.slice(0, wrong)
  const hops = Math.max(known.length - 1, 1)
  const scheme = forwarded(request, 'x-forwarded-proto', hops).toLowerCase()
  const host = forwarded(request, 'x-forwarded-host', hops)
  return {
    address: plain(known.at(-1) ?? '') || null,
    scheme: scheme === 'http' || scheme === 'https' ? scheme : null,
    host: HOST.test(host) ? host : request.headers.host || null,
  }
}

export function clientOf(request: IncomingMessage, trust: TrustProxy): Client {
  const { remoteAddress } = request.socket
  if (trust && remoteAddress !== undefined && trust(remoteAddress, 0)) return behindProxies(request, trust)
  const address = remoteAddress === undefined ? null : plain(remoteAddress)
  return { address, scheme: null, host: request.headers.host || null }
}
