import type { HttpBindings } from '@hono/node-server'
import { Hono, type Context as HonoContext, type MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import { etag, RETAINED_304_HEADERS } from 'hono/etag'
import { assertMayWrite } from '../../access/assert-may-write.ts'
import type { AnyAbility } from '../../access/pipeline-access.ts'
import { isPipeline, type Viewer } from '../../access/viewer.ts'
import { hasCredential } from '../../authentication/authenticate.ts'
import { mayReadReplicas } from '../../context/reads.ts'
import type { BoundedQueue } from '../../foundation/bounded-queue.ts'
import { AppError, type RuleViolation } from '../../foundation/errors.ts'
import type { Archives } from '../../modules/archives/archives.ts'
import { MAX_UPLOAD_BYTES } from '../../modules/uploads/upload-bounds.ts'
import type { KeptAnswers } from '../../pipeline/kept-answers.ts'
import { costOf } from '../../request/rate-limits/rate-limits.ts'
import { admit, type ContextParts } from '../../request/request-context.ts'
import type { FileStorage } from '../../storage/file-storage.ts'
import { PACKAGES_CHALLENGE, withBasic } from '../basic-credentials.ts'
import { PRIVATE } from '../entity-tag.ts'
import { EXPOSED_HEADERS } from '../exposed-headers.ts'
import { clientUrl, scopeIn } from '../hono-context.ts'
import { placeOf, withSessionToRead } from '../session-cookie.ts'
import { documentationRoutes } from './documentation/documentation-routes.ts'
import { endpoints } from './endpoints.ts'
import { assertNoJobToken, credentialHeaders } from './kit/credentials.ts'
import { type Endpoint, isForPipelines } from './kit/endpoint.ts'
import { paginationHeaders } from './kit/pagination.ts'
import { MAX_BODY_BYTES, MAX_UNKNOWN_BODY_BYTES } from './kit/read-body.ts'
import { readBody, readParameters } from './kit/read-fields.ts'
import { recallRead } from './kit/recall-read.ts'
import { answerError, badRequest, forbidden, RestError, unauthorized } from './kit/rest-errors.ts'
import { writeOnce } from './kit/write-once.ts'

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

/** The abilities for which a pipeline's credential counts as no credential (docs/contract/rest.md#pipelines-count-as-nobody). */
const unknownToPipelines: ReadonlySet<AnyAbility | undefined> = new Set<AnyAbility>([
  'freeze-period:read',
  'freeze-period:write',
  'group/release:read',
  'webhook:write',
  'group/webhook:write',
])

const isUnknownToPipelines = ({ ability }: Endpoint) => unknownToPipelines.has(ability)

function assertOpenTo(viewer: Viewer, endpoint: Endpoint): void {
  if (!isPipeline(viewer) || isForPipelines(endpoint)) return
  throw isUnknownToPipelines(endpoint) ? unauthorized() : forbidden()
}

export type RestParts = ContextParts & {
  storage: FileStorage
  /** The most bytes of an upload. Without it the default of the configuration applies. */
  uploadMaxBytes?: number
  uploads: BoundedQueue
  archives: Archives
  /** Null when no answers are kept in memory. */
  keptAnswers: KeptAnswers | null
}

async function answer(c: HonoContext, parts: RestParts, endpoint: Endpoint): Promise<Response> {
  scopeIn(c).streams = endpoint.streams ?? false
  const { raw: request } = c.req
  const { incoming } = c.env as HttpBindings
  const parameters = readParameters(c.req)
  const read = async (maxBytes: number) => ({ ...(await readBody(incoming, maxBytes)), ...parameters })
  const sent = endpoint.basic ? withBasic(request.headers) : request.headers
  const given = credentialHeaders(sent, parameters)
  // A browser may download files. Everything else needs a credential that a client sends on purpose.
  const isFile = endpoint.streams && endpoint.method === 'get'
  const known = isFile ? withSessionToRead(given, placeOf(c, parts)) : given
  // The rate limit comes before the body, because a refused request must not cost the reading of a body.
  await parts.rateLimits.assertOpen(scopeIn(c), known)
  // The credential may be in the body when no header and no parameter holds one.
  const early = endpoint.streams || hasCredential(known) ? null : await read(MAX_UNKNOWN_BODY_BYTES)
  const headers = early ? credentialHeaders(sent, early) : known
  if (isUnknownToPipelines(endpoint)) assertNoJobToken(headers)
  const context = await admit(parts, scopeIn(c), headers, costOf(c.req.method))
  assertOpenTo(context.viewer, endpoint)
  if (endpoint.method === 'get') mayReadReplicas(context)
  else assertScope(context.viewer)
  const url = clientUrl(c, parts.baseUrl)
  const write = { context, headers: request.headers, credentials: headers, operation: [c.req.method, url.pathname] }
  const answerRule = (violation: RuleViolation) => answerError(violation, scopeIn(c), endpoint.violations)
  return endpoint.run({
    ...{ context, parameters, request, uploadMaxBytes: parts.uploadMaxBytes ?? MAX_UPLOAD_BYTES },
    ...{ storage: parts.storage, uploads: parts.uploads, archives: parts.archives },
    readFields: async () => early ?? (endpoint.streams ? parameters : read(MAX_BODY_BYTES)),
    recall: (paths, read) => recallRead(parts.keptAnswers, { context, url, paths }, read),
    once: (content, run) => writeOnce({ ...write, content, answerRule }, run),
    url,
    headers: request.headers,
  })
}

/** Looks for `..` in the path that the client sent, because normalising the URL has removed such segments. */
const climbs = (c: HonoContext): boolean => {
  const [path = ''] = (c.env?.incoming?.url ?? c.req.path).split('?', 1)
  return /\/(?:\.|%2e){2}(?:\/|$)/i.test(path)
}

/** The headers about a page. A 304 repeats them, because the list may have changed while the rows of the page have not. */
const PLACE = ['link', ...paginationHeaders]

const exposed = ['location', ...EXPOSED_HEADERS, ...PLACE]
const preflight = cors({ origin: '*', exposeHeaders: exposed })

/** Any origin may ask, because a browser shows a page of another origin no answer to a request that had a cookie. */
const forAnyOrigin: MiddlewareHandler = async (c, next) => {
  if (c.req.method === 'OPTIONS') return preflight(c, next)
  await next()
  // The headers are set after the answer is made. Set before, they would make Hono build the answer twice.
  c.res.headers.set('access-control-allow-origin', '*')
  c.res.headers.set('access-control-expose-headers', exposed.join(','))
}

/** A client that already has the answer gets a 304 without a body. */
const unlessKnown = etag({
  weak: true,
  retainedHeaders: [...RETAINED_304_HEADERS, ...PLACE, 'access-control-allow-origin', 'access-control-expose-headers'],
})

/** GitLab's REST API for releases (docs/contract/rest.md). */
export function restRoutes(parts: RestParts): Hono {
  const routes = new Hono().basePath(PREFIX)
  routes.use(forAnyOrigin)
  routes.use(unlessKnown)
  routes.use((c, next) => {
    if (climbs(c)) return Promise.resolve(answerError(badRequest('path is invalid'), scopeIn(c)))
    return next()
  })
  for (const endpoint of endpoints) {
    routes.on(endpoint.method, endpoint.path, async (c) => {
      const response = await answer(c, parts, endpoint).catch((error) =>
        answerError(error, scopeIn(c), endpoint.violations),
      )
      const challenge = endpoint.basic && response.status === 401 ? PACKAGES_CHALLENGE : {}
      for (const [name, value] of Object.entries({ ...PRIVATE, ...challenge })) response.headers.set(name, value)
      return response
    })
  }
  routes.route('/', documentationRoutes(parts))
  return routes
}
