import { type Context, Hono } from 'hono'
import type { BoundedQueue } from '../bounded-queue.ts'
import { AppError, failureHeaders, httpStatus } from '../errors.ts'
import { scopeIn } from './hono-context.ts'
import type { Metrics } from './metrics.ts'
import { type ReportArtifactParts, reportArtifactRoutes } from './rest/report-artifact-routes.ts'
import { type RestParts, restRoutes } from './rest/rest-routes.ts'
import { createUploads } from './uploads.ts'
import { type ArchiveParts, archiveRoutes } from './web/archive-routes.ts'
import { evidenceRoutes } from './web/evidence-routes.ts'
import { jwksRoutes } from './web/jwks-routes.ts'
import { packageFileRoutes } from './web/package-file-routes.ts'
import { releaseListRoutes } from './web/release-list-routes.ts'
import { releaseRoutes } from './web/release-routes.ts'

export type ServiceParts = Omit<ReportArtifactParts & RestParts, 'uploads'> &
  ArchiveParts & {
    metrics: Metrics
    /** How many uploads at a time, where it is otherwise than usual. */
    uploads?: BoundedQueue
    /** Why requests cannot be answered now; null when they can. */
    unready: () => Promise<string | null>
  }

function answerError(error: Error, c: Context): Response {
  if (error instanceof AppError) {
    return c.json({ message: error.message }, httpStatus[error.code], failureHeaders(error))
  }
  const { id, log } = scopeIn(c)
  log.error({ err: error }, 'request failed')
  return c.json({ message: '500 Internal Server Error', request_id: id }, 500)
}

/** Everything that is not GraphQL. */
export function createServiceDoor({ metrics, unready, uploads = createUploads(), ...others }: ServiceParts): Hono {
  const parts = { ...others, uploads }
  const app = new Hono({ strict: false })
  // No name holds one, and PostgreSQL refuses text that does.
  app.use((c, next) => (c.req.url.includes('%00') ? Promise.resolve(c.notFound()) : next()))
  app.get('/health', (c) => c.json({ status: 'ok' }))
  app.get('/ready', async (c) => {
    const reason = await unready()
    return reason === null ? c.json({ status: 'ready' }) : c.json({ status: 'unready', reason }, 503)
  })
  app.get('/metrics', async (c) => c.body(await metrics.print(), 200, { 'content-type': metrics.contentType }))
  app.get('/', (c) => c.redirect('/graphql'))
  app.route('/', jwksRoutes(parts))
  app.route('/', reportArtifactRoutes(parts))
  app.route('/', evidenceRoutes(parts))
  app.route('/', archiveRoutes(parts))
  app.route('/', releaseListRoutes(parts))
  app.route('/', releaseRoutes(parts))
  app.route('/', packageFileRoutes(parts))
  app.route('/', restRoutes(parts))
  app.notFound((c) => c.json({ message: '404 Not Found' }, 404))
  app.onError(answerError)
  return app
}
