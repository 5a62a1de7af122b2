import type { Context as HonoContext, MiddlewareHandler } from 'hono'
import type { Context } from '../context.ts'
import type { Log } from '../log.ts'
import type { Repositories } from '../modules/git/reader.ts'
import type { Authenticate } from './authentication.ts'
import { requestScope } from './request-scope.ts'

export type ContextParts = {
  authenticate: Authenticate
  baseUrl: string
  repositories: Repositories
  log: Log
}

/** Of routes behind `withContext`. */
export type ContextEnv = { Variables: { context: Context } }

/** Finds out who asks. A wrong credential throws, before the route has run. */
export const withContext =
  ({ authenticate, baseUrl, repositories, log }: ContextParts): MiddlewareHandler<ContextEnv> =>
  async (c, next) => {
    const scope = requestScope.getStore()
    c.set('context', {
      viewer: await authenticate(c.req.raw.headers),
      requestId: scope?.id ?? '',
      ipAddress: scope?.ipAddress ?? null,
      log: scope?.log ?? log,
      baseUrl,
      repositories,
    })
    await next()
  }

/** What a use case needs to know of the request. */
export const contextOf = (c: HonoContext<ContextEnv>): Context => c.var.context
