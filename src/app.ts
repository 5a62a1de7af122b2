import type { IncomingMessage, RequestListener } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { startSpan } from './foundation/tracing.ts'
import { createGitDoor, type GitParts, gitRoute, isGitPath } from './http/git/git-door.ts'
import { createGraphqlDoor } from './http/graphql/graphql-door.ts'
import { GRAPHQL_PATH } from './http/graphql/yoga.ts'
import { createServiceDoor, type ServiceParts } from './http/service-door.ts'
import { BODY_BOUNDS, type BodyBounds, createBodyWatch } from './http/slow-bodies.ts'
import { createAnswerWatch, UNREAD_BOUNDS, type UnreadBounds } from './http/unread-answers.ts'
import { createKeptAnswers } from './pipeline/kept-answers.ts'
import { createPipeline, type PipelineParts } from './pipeline/pipeline.ts'
import { type Door, openScope, type ScopeParts } from './request/request-scope.ts'
import type { RestBounds } from './request/unread-bodies.ts'

type ConnectionBounds = UnreadBounds & BodyBounds & RestBounds

export type AppParts = Omit<PipelineParts & ServiceParts, 'keptAnswers'> &
  GitParts &
  ScopeParts & {
    responseCache: boolean
    graphiql: boolean
    /** Overrides of the bounds on slow clients. */
    connections?: Partial<ConnectionBounds>
  }

/** GitLab's clients use this path. */
const GITLAB_GRAPHQL_PATH = '/api/graphql'

const pathOf = (request: IncomingMessage) => (request.url ?? '/').split('?', 1)[0] ?? '/'

function doorOf(path: string): Door {
  if (isGitPath(path)) return 'git'
  return path === GRAPHQL_PATH || path === GITLAB_GRAPHQL_PATH ? 'graphql' : 'service'
}

/** Of the service door the route is known when it has answered. */
const routeOf = (door: Door, path: string) =>
  ({ git: () => gitRoute(path), graphql: () => path, service: () => null })[door]()

/** The path is left out, because it names projects and tags. */
const requestSpan = ({ method = '', headers: { traceparent } }: IncomingMessage, door: Door, id: string) => ({
  name: `${method} ${door}`,
  kind: 'server' as const,
  attributes: { 'http.request.method': method, 'waybill.door': door, 'waybill.request_id': id },
  parent: typeof traceparent === 'string' ? traceparent : undefined,
})

const endOfRequest = (status: number, route: string | null) => ({
  attributes: { 'http.response.status_code': status, ...(route === null ? {} : { 'http.route': route }) },
  ...(status >= 500 ? { failure: status } : {}),
})

/**
 * Passes GraphQL to the pipeline, git to the git door, and everything else to Hono. GraphQL does not go through Hono, because
 * Hono more than doubled the cost of a request.
 */
export function createApp(parts: AppParts): RequestListener {
  const { log, metrics } = parts
  // Needs no redaction, because its lines contain only the fields below. Redaction would cost 6 % of a kept answer.
  const requests = log.child({}, { redact: [] })
  const keptAnswers = parts.responseCache ? createKeptAnswers() : null
  const { pipeline, operations, subscriptions } = createPipeline({ ...parts, keptAnswers })
  const { archives, repositories, unready } = parts
  metrics.watch({
    caches: {
      ...{ operations, archives: archives.statistics, commits: repositories.commitsKept },
      ...(keptAnswers ? { answers: keptAnswers.statistics } : {}),
    },
    work: { git: repositories.load, archives: archives.load },
    subscriptions,
    unready,
  })
  const graphql = createGraphqlDoor({ ...parts, pipeline })
  const git = createGitDoor(parts)
  // A request over HTTP/1.0, such as a proxy's health check, may have no host.
  const { fetch } = createServiceDoor({ ...parts, keptAnswers })
  const services = getRequestListener(fetch, { hostname: new URL(parts.baseUrl).host })

  const doors = { graphql, git, service: services }

  const bounds = { ...UNREAD_BOUNDS, ...BODY_BOUNDS, ...parts.connections }
  const answers = createAnswerWatch(bounds, () => metrics.observeCut('unread'))
  const watchBody = createBodyWatch(bounds, () => metrics.observeCut('slow'))

  return (request, response) => {
    const started = performance.now()
    const door = doorOf(pathOf(request))
    const scope = openScope(request, response, parts, door)
    const { id } = scope
    watchBody(request, response)
    answers.begin(response)
    // The log omits the query string, because clients put credentials there.
    const { method, path } = { method: request.method, path: pathOf(request) }
    if (path === GITLAB_GRAPHQL_PATH) request.url = GRAPHQL_PATH + (request.url ?? '').slice(GITLAB_GRAPHQL_PATH.length)
    const span = startSpan(() => requestSpan(request, door, id))
    const within = span?.within ?? ((work: () => void) => work())
    within(() => void doors[door](request, response))
    response.once('close', () => {
      answers.end(response)
      const ms = Math.round(performance.now() - started)
      const { statusCode: status } = response
      metrics.observe(door, status, ms / 1000)
      within(() => requests.info({ requestId: id, method, path, status, ms }, 'request'))
      span?.end(endOfRequest(status, scope.route ?? routeOf(door, path)))
    })
  }
}
