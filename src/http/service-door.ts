import { type Context, Hono, type Env as HonoEnv, type MiddlewareHandler } from 'hono'
import { outageFailure } from '../database/outage.ts'
import type { BoundedQueue } from '../foundation/bounded-queue.ts'
import { AppError, failureHeaders, httpStatus } from '../foundation/errors.ts'
import { version } from '../foundation/version.ts'
import { urlProblem } from '../request/sent-url.ts'
import { readFailure } from '../storage/storage-failure.ts'
import { commandLineRoutes } from './command-line-routes.ts'
import { createUploads } from './files/uploads.ts'
import { isLfsPath, lfsDoor } from './git/lfs-door.ts'
import { noteRoute, scopeIn } from './hono-context.ts'
import { type MetricsParts, metricsRoutes } from './metrics-routes.ts'
import { accountRoutes } from './pages/account/account-routes.ts'
import { groupAuditEventRoutes } from './pages/audit-events/audit-event-routes.ts'
import type { ArchiveParts } from './pages/files/archive-page-routes.ts'
import { uploadRoutes } from './pages/files/upload-page-routes.ts'
import { groupRoutes } from './pages/groups/group-routes.ts'
import { jwksRoutes } from './pages/jwks-routes.ts'
import { assetRoutes } from './pages/kit/assets.ts'
import { answerFailure, wantsPage } from './pages/kit/error-page.ts'
import { splitAddress } from './pages/kit/project-address.ts'
import { demoRoutes } from './pages/mailbox/demo-routes.ts'
import { groupMemberRoutes } from './pages/members/member-routes.ts'
import { projectRoutes } from './pages/project-page-routes.ts'
import { exploreRoutes } from './pages/projects/explore-routes.ts'
import { goImports } from './pages/projects/go-imports.ts'
import { pathRoutes } from './pages/projects/path-routes.ts'
import { redirectToRepository } from './pages/projects/repository-redirect.ts'
import { evidenceByDigest } from './pages/releases/evidence-routes.ts'
import type { SignInParts } from './pages/sign-in/sign-in-request.ts'
import { signInRoutes } from './pages/sign-in/sign-in-routes.ts'
import { unsubscribeRoutes } from './pages/unsubscribe-routes.ts'
import { type RestParts, restRoutes } from './rest/rest-routes.ts'

export type ServiceParts = Omit<RestParts, 'uploads'> &
  ArchiveParts &
  SignInParts &
  MetricsParts & {
    /** The queue of uploads. Absent: the usual one. */
    uploads?: BoundedQueue
    /** Says why requests cannot be answered now. Null when they can. */
    unready: () => Promise<string | null>
  }

function answerError(thrown: Error, c: Context): Response | Promise<Response> {
  const { id, log } = scopeIn(c)
  const error = outageFailure(readFailure(thrown, log))
  if (error instanceof AppError) {
    return answerFailure(c, {
      status: httpStatus[error.code],
      body: { message: error.message },
      headers: failureHeaders(error),
    })
  }
  log.error({ err: error }, 'request failed')
  return answerFailure(c, { status: 500, body: { message: '500 Internal Server Error', request_id: id } })
}

const UNREADY = { 'retry-after': '2' }

/** Any page may read this answer, because nothing has been looked up. */
const refuseMalformedUrl: MiddlewareHandler = (c, next) => {
  const problem = urlProblem(c.req.url)
  if (problem === null) return next()
  const headers = { 'access-control-allow-origin': '*' }
  if (c.req.path.startsWith('/api/')) return Promise.resolve(c.json({ error: problem }, 400, headers))
  return Promise.resolve(answerFailure(c, { status: 400, body: { message: problem }, headers }))
}

function answeringFailures<Env extends HonoEnv>(routes: Hono<Env>): Hono<Env> {
  routes.notFound((c) => answerFailure(c, { status: 404, body: { message: '404 Not Found' } }))
  return routes.onError(answerError)
}

/** Everything that is not GraphQL. */
export function createServiceDoor(options: ServiceParts): Hono {
  const { metrics, metricsToken, unready, uploads = createUploads(), ...others } = options
  const parts = { ...others, uploads }
  metrics.watch({ work: { uploads: uploads.load } })
  const app = new Hono({ strict: false })
  const lfs = lfsDoor(parts)
  const belowProjects = answeringFailures(projectRoutes(parts))
  app.use(noteRoute())
  // No name contains NUL, and PostgreSQL refuses a text with it.
  app.use((c, next) => (c.req.url.includes('%00') ? Promise.resolve(c.notFound()) : next()))
  app.use(refuseMalformedUrl)
  app.get('*', goImports(parts))
  app.use((c, next) => (isLfsPath(c.req.path) ? Promise.resolve(lfs.fetch(c.req.raw, c.env)) : next()))
  app.on(['GET', 'POST'], '*', redirectToRepository(parts.baseUrl))
  for (const routes of [groupRoutes, groupMemberRoutes, groupAuditEventRoutes]) app.route('/', routes(parts))
  app.use((c, next) => (splitAddress(c.req.path) ? Promise.resolve(belowProjects.fetch(c.req.raw, c.env)) : next()))
  app.get('/health', (c) => c.json({ status: 'ok', version }))
  app.get('/ready', async (c) => {
    const reason = await unready()
    return reason === null ? c.json({ status: 'ready' }) : c.json({ status: 'unready', reason }, 503, UNREADY)
  })
  app.route('/', metricsRoutes({ metrics, metricsToken }))
  app.get('/', (c) => c.redirect(wantsPage(c) ? '/-/explore' : '/graphql'))
  app.route('/', commandLineRoutes())
  app.route('/', assetRoutes(parts))
  app.route('/', exploreRoutes(parts))
  app.route('/', accountRoutes(parts))
  if (parts.keptMails) app.route('/', demoRoutes(parts, parts.keptMails))
  app.route('/', jwksRoutes(parts))
  app.route('/', unsubscribeRoutes(parts))
  app.route('/', signInRoutes(parts))
  app.route('/', evidenceByDigest(parts))
  app.route('/', restRoutes(parts))
  // These routes come last, because the path of a project may begin like any other route.
  app.route('/', uploadRoutes(parts))
  app.route('/', pathRoutes(parts))
  return answeringFailures(app)
}
