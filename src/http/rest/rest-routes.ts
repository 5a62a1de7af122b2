import { Hono, type Context as HonoContext, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { cors } from 'hono/cors'
import { etag, RETAINED_304_HEADERS } from 'hono/etag'
import type { BoundedQueue } from '../../bounded-queue.ts'
import { AppError } from '../../errors.ts'
import { assertMayWrite } from '../../modules/access/assert-may-write.ts'
import type { Viewer } from '../../modules/access/viewer.ts'
import type { FileStorage } from '../../modules/storage/file-storage.ts'
import { EXPOSED_HEADERS } from '../cors.ts'
import { PRIVATE } from '../entity-tag.ts'
import { clientUrl, scopeIn } from '../hono-context.ts'
import { costOf } from '../rate-limits/rate-limits.ts'
import { admit, type ContextParts } from '../request-context.ts'
import { assertNoJobToken, credentialHeaders } from './credentials.ts'
import { documentationRoutes } from './documentation-routes.ts'
import type { Endpoint } from './endpoint.ts'
import { endpoints } from './endpoints.ts'
import { answerError, badRequest, RestError, unauthorized } from './errors.ts'
import { paginationHeaders } from './pagination.ts'
import { MAX_BODY_BYTES, readFields, readParameters } from './read-fields.ts'

const PREFIX = '/api/v4'

function assertScope(viewer: Viewer): void {
  try {
    assertMayWrite(viewer)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const body = { error: 'insufficient_scope', error_description: error.message, scope: 'api' }
    throw new RestError(403, body)
  }
}

export type RestParts = ContextParts & {
  /** Where the files of packages are. */
  storage: FileStorage
  uploads: BoundedQueue
}

async function answer(c: HonoContext, parts: RestParts, endpoint: Endpoint): Promise<Response> {
  scopeIn(c).streams = endpoint.streams ?? false
  // Before the body is read.
  await parts.rateLimits.assertOpen(scopeIn(c), credentialHeaders(c.req.raw.headers, readParameters(c.req)))
  const fields = endpoint.streams ? readParameters(c.req) : await readFields(c.req)
  const headers = credentialHeaders(c.req.raw.headers, fields)
  if (endpoint.jobTokens === false) assertNoJobToken(headers)
  const context = await admit(parts, scopeIn(c), headers, costOf(c.req.method))
  // As a Bearer it shows only now.
  if (endpoint.jobTokens === false && context.viewer.byJobToken) throw unauthorized()
  if (endpoint.method !== 'get') assertScope(context.viewer)
  const { raw: request } = c.req
  return endpoint.run({
    ...{ context, fields, request, storage: parts.storage, uploads: parts.uploads },
    url: clientUrl(c, parts.baseUrl),
    headers: request.headers,
  })
}

/** Before the URL was normalised, which takes such segments away. */
const climbs = (c: HonoContext): boolean => {
  const [path = ''] = (c.env?.incoming?.url ?? c.req.path).split('?', 1)
  return /\/(?:\.|%2e){2}(?:\/|$)/i.test(path)
}

/** What a page tells of its place and its list, which may have changed where its rows have not. */
const PLACE = ['link', ...paginationHeaders]

/** A client that has the answer already gets 304 and no body. */
const unlessKnown = etag({
  weak: true,
  retainedHeaders: [...RETAINED_304_HEADERS, ...PLACE, 'access-control-allow-origin', 'access-control-expose-headers'],
})

/** The REST API of GitLab for releases (contract/rest.md). */
export function restRoutes(parts: RestParts): Hono {
  const routes = new Hono().basePath(PREFIX)
  // Credentials are headers that a page must set itself, never cookies: any origin may ask.
  routes.use(cors({ origin: '*', exposeHeaders: ['location', ...EXPOSED_HEADERS, ...PLACE] }))
  routes.use(unlessKnown)
  routes.use((c, next) => {
    if (climbs(c)) return Promise.resolve(answerError(badRequest('path is invalid'), scopeIn(c)))
    return next()
  })
  const limit = bodyLimit({
    maxSize: MAX_BODY_BYTES,
    onError: (c) => c.json({ error: '413 Request Entity Too Large' }, 413),
  })
  const unlimited: MiddlewareHandler = (_c, next) => next()
  for (const endpoint of endpoints) {
    routes.on(endpoint.method, endpoint.path, endpoint.streams ? unlimited : limit, async (c) => {
      const response = await answer(c, parts, endpoint).catch((error) =>
        answerError(error, scopeIn(c), endpoint.violations),
      )
      for (const [name, value] of Object.entries(PRIVATE)) response.headers.set(name, value)
      return response
    })
  }
  routes.route('/', documentationRoutes(parts))
  return routes
}
