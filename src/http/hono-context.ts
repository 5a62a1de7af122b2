import type { HttpBindings } from '@hono/node-server'
import type { Context as HonoContext, MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import type { Context } from '../context/context.ts'
import { points } from '../request/rate-limits/rate-limits.ts'
import type { ContextParts } from '../request/request-context.ts'
import { type RequestScope, scopeOf } from '../request/request-scope.ts'

/** The request's URL with the scheme and the host that the client uses, which proxies may have changed. */
export function clientUrl(c: HonoContext, baseUrl: string): URL {
  const { scheme, host } = scopeIn(c)
  const sent = new URL(c.req.url)
  const protocol = scheme === null ? new URL(baseUrl).protocol : `${scheme}:`
  return new URL(`${protocol}//${host ?? sent.host}${sent.pathname}${sent.search}`)
}

/** The environment of routes that come after `withWebContext`. */
export type ContextEnv = { Variables: { context: Context } }

export const scopeIn = (c: HonoContext): RequestScope => scopeOf((c.env as HttpBindings).incoming)

/** Notes the pattern of the route that answered, for whoever watches. A pattern that ends with `*` looked at every path. */
export const noteRoute =
  (prefix = ''): MiddlewareHandler =>
  async (c, next) => {
    await next()
    const pattern = routePath(c)
    if (!pattern.endsWith('*')) scopeIn(c).route = prefix + pattern
  }

/** Counts a request for its address. For routes that answer everybody alike. */
export const counted =
  ({ rateLimits }: ContextParts): MiddlewareHandler =>
  async (c, next) => {
    await rateLimits.spend(scopeIn(c), null, points.read)
    await next()
  }

/** What a use case needs to know about the request. */
export const contextOf = (c: HonoContext<ContextEnv>): Context => c.var.context
