// Who a client is behind proxies. What they say of it in headers counts only when the connection comes from one that is trusted:
// anybody can send such headers.
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
  // The library would take `1` for 0.0.0.1.
  if (!parts.every((part) => NAMED.test(part) || isIP(part.split('/', 1)[0] ?? ''))) throw new TypeError(problem)
  return proxyaddr.compile(parts)
}

/** The setting TRUST_PROXY. */
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

/** A client as it is on the other side of all proxies that are trusted. */
export type Client = {
  /** Without the zone of an interface; an IPv4 address is one, also where the socket is of IPv6. Null: the connection is gone. */
  address: string | null
  /** Null: no proxy has said it. */
  scheme: 'http' | 'https' | null
  /** With the port, as the client wrote it; null when it wrote none. */
  host: string | null
}

const plain = (address: string) => address.replace(/^::ffff:(?=\d+\.)|%.*$/gi, '')

const HOST = /^(?:[a-z0-9_](?:[\w.-]{0,252})|\[[\da-f:.]{2,45}\])(?::\d{1,5})?$/i

/** Each proxy adds a value, or puts its own in place of all: the one of the outermost proxy that is trusted. */
function forwarded({ headers }: IncomingMessage, name: string, hops: number): string {
  const header = headers[name]
  const values = (Array.isArray(header) ? header.join() : (header ?? '')).split(',')
  return values[Math.max(values.length - hops, 0)]?.trim() ?? ''
}

function behindProxies(request: IncomingMessage, trust: Trust): Client {
  const addresses = proxyaddr.all(request, trust)
  // One that is no address is nobody's: the proxy that has written it is the last of whom something is known.
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

/** Who has sent the request. */
export function clientOf(request: IncomingMessage, trust: TrustProxy): Client {
  const { remoteAddress } = request.socket
  if (trust && remoteAddress !== undefined && trust(remoteAddress, 0)) return behindProxies(request, trust)
  const address = remoteAddress === undefined ? null : plain(remoteAddress)
  return { address, scheme: null, host: request.headers.host || null }
}
