import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { createGitDoor, isGitPath } from './http/git/git-door.ts'
import { createGraphqlDoor, GRAPHQL_PATH, type GraphqlParts } from './http/graphql-door.ts'
import type { OperationParts } from './http/operations/answer-operation.ts'
import { createOperationLane } from './http/operations/operation-lane.ts'
import { openScope } from './http/request-scope.ts'
import { createServiceDoor, type ServiceParts } from './http/service-door.ts'
import { graphiqlHeaders } from './http/web/page.ts'

export type AppParts = GraphqlParts & OperationParts & ServiceParts

/** Where GitLab's clients expect it. */
const GITLAB_GRAPHQL_PATH = '/api/graphql'

const pathOf = (request: IncomingMessage) => (request.url ?? '/').split('?', 1)[0] ?? '/'

const isGraphqlPath = (path: string) => path === GRAPHQL_PATH || path === GITLAB_GRAPHQL_PATH

const graphiqlHeaderList = Object.entries(graphiqlHeaders())

const opensGraphiql = ({ method, headers }: IncomingMessage, path: string) =>
  method === 'GET' && isGraphqlPath(path) && headers.accept?.includes('text/html') === true

/** GraphQL straight to Yoga (Hono in front of it more than doubled the cost of a request), git to git, everything else to Hono. */
export function createApp(parts: AppParts): RequestListener {
  const { log, metrics } = parts
  // Its lines hold what is named below, and looking for secrets in it would cost 6 % of a kept answer.
  const requests = log.child({}, { redact: [] })
  const graphql = createOperationLane(parts, createGraphqlDoor(parts))
  const git = createGitDoor(parts)
  const services = getRequestListener(createServiceDoor(parts).fetch)

  const open = (request: IncomingMessage, response: ServerResponse) => {
    const path = pathOf(request)
    if (path === GITLAB_GRAPHQL_PATH) request.url = GRAPHQL_PATH + (request.url ?? '').slice(GITLAB_GRAPHQL_PATH.length)
    if (isGitPath(path)) {
      void git(request, response)
      return 'git'
    }
    const isGraphql = isGraphqlPath(path)
    void (isGraphql ? graphql(request, response) : services(request, response))
    return isGraphql ? 'graphql' : 'service'
  }

  return (request, response) => {
    const started = performance.now()
    const { id } = openScope(request, log)
    // Without the query string: clients put credentials there.
    const { method, path } = { method: request.method, path: pathOf(request) }
    response.setHeader('x-request-id', id)
    // What is sent is what it says it is, whoever wrote it.
    response.setHeader('x-content-type-options', 'nosniff')
    if (opensGraphiql(request, path)) for (const header of graphiqlHeaderList) response.setHeader(...header)
    const door = open(request, response)
    response.once('close', () => {
      const ms = Math.round(performance.now() - started)
      metrics.observe(door, response.statusCode, ms / 1000)
      requests.info({ requestId: id, method, path, status: response.statusCode, ms }, 'request')
    })
  }
}
