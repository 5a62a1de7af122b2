import type { Context as HonoContext, MiddlewareHandler } from 'hono'
import type { Context } from '../context.ts'
import { type ContextParts, requestContext } from './request-context.ts'

/** Of routes behind `withContext`. */
export type ContextEnv = { Variables: { context: Context } }

/** Finds out who asks. A wrong credential throws, before the route has run. */
export const withContext =
  (parts: ContextParts): MiddlewareHandler<ContextEnv> =>
  async (c, next) => {
    const { headers } = c.req.raw
    c.set('context', requestContext(parts, headers, await parts.authenticate(headers)))
    await next()
  }

/** What a use case needs to know of the request. */
export const contextOf = (c: HonoContext<ContextEnv>): Context => c.var.context
