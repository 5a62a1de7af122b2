import type { Context as HonoContext, MiddlewareHandler } from 'hono'
import { mayReadReplicas } from '../../../context/reads.ts'
import { invalid } from '../../../foundation/errors.ts'
import { costOf } from '../../../request/rate-limits/rate-limits.ts'
import { admit, type ContextParts } from '../../../request/request-context.ts'
import { asciiLocation } from '../../ascii-location.ts'
import { withBasic } from '../../basic-credentials.ts'
import { type ContextEnv, scopeIn } from '../../hono-context.ts'
import { credentialHeaders } from '../../rest/kit/credentials.ts'
import { placeOf, withSessionToRead } from '../../session-cookie.ts'

/**
 * Finds out who asks. A client that follows a link cannot set headers, so parameters such as `private_token` count too. Where
 * tools download files, a token as the password of HTTP Basic counts as well (`basic`). Without any of these a session counts.
 */
export const withWebContext =
  (parts: ContextParts, { basic = false } = {}): MiddlewareHandler<ContextEnv> =>
  async (c, next) => {
    const sent = c.req.raw.headers
    const given = credentialHeaders(basic ? withBasic(sent) : sent, c.req.query())
    const headers = withSessionToRead(given, placeOf(c, parts))
    const context = await admit(parts, scopeIn(c), headers, costOf(c.req.method))
    if (c.req.method === 'GET' || c.req.method === 'HEAD') mayReadReplicas(context)
    c.set('context', context)
    await next()
  }

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw invalid('The path is wrong: its percent-encoding must be that of UTF-8 text')
  }
}

const segmentsOf = (path: string) => path.split('/').map(decode)

const climbs = (segment: string) => segment.split('/').includes('..')

/** The path as the client sent it, because in the URL of the request `..` has been resolved already. */
const sentPath = (c: HonoContext<ContextEnv>): string => {
  const { incoming } = (c.env ?? {}) as { incoming?: { url?: string } }
  return (incoming?.url ?? c.req.path).split('?', 1)[0] ?? ''
}

/** The segments after `/-/<area>/`. An encoded slash does not end a segment. */
export function segmentsBehind(c: HonoContext<ContextEnv>, area: string): string[] {
  if (segmentsOf(sentPath(c)).some(climbs)) throw invalid('The path is wrong: ".." must not stand in it')
  const all = segmentsOf(new URL(c.req.url).pathname)
  if (all.at(-1) === '') all.pop()
  return all.slice(all.findIndex((segment, at) => segment === '-' && all[at + 1] === area) + 2)
}

export const redirectTo = (location: string, headers: Record<string, string>, status: 301 | 302 = 302): Response =>
  new Response(null, { status, headers: { ...headers, location: asciiLocation(location) } })
