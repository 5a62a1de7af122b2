import { renderGraphiQL } from '@graphql-yoga/render-graphiql'
import type { GraphQLSchema } from 'graphql'
import { createYoga } from 'graphql-yoga'
import type { Context } from '../context.ts'
import { MAX_BATCH } from '../limits.ts'
import type { Log } from '../log.ts'
import type { Viewer } from '../modules/access/viewer.ts'
import type { Repositories } from '../modules/git/reader.ts'
import type { ReleaseChanges } from '../modules/live/release-changes.ts'
import { type Authenticate, useAuthentication, viewerOf } from './authentication.ts'
import { exampleQuery } from './example-query.ts'
import { useGraphqlLimits } from './graphql-limits.ts'
import { IDEMPOTENCY_REPLAYED, useIdempotency } from './idempotency.ts'
import { maskError } from './mask-error.ts'
import { requestScope } from './request-scope.ts'
import { useSubscriptions } from './subscriptions.ts'

export const GRAPHQL_PATH = '/graphql'

/** A release's notes may have 1,000,000 characters of up to 4 bytes, and JSON may double some of them. */
const MAX_BODY_BYTES = 10_000_000

/** How often a subscription to which nothing happens asks whether its viewer still has access. */
const RECHECK_MS = 30_000

export type GraphqlParts = {
  schema: GraphQLSchema
  authenticate: Authenticate
  baseUrl: string
  repositories: Repositories
  changes: ReleaseChanges
  log: Log
}

export function createGraphqlDoor({ schema, authenticate, baseUrl, repositories, changes, log }: GraphqlParts) {
  const contextOf = (request: Request, viewer: Viewer): Context => {
    const scope = requestScope.getStore()
    const renew = async () => contextOf(request, await authenticate(request.headers))
    return {
      viewer,
      requestId: scope?.id ?? '',
      ipAddress: scope?.ipAddress ?? null,
      log: scope?.log ?? log,
      baseUrl,
      repositories,
      live: { changes, renew, recheckMs: RECHECK_MS },
    }
  }
  return createYoga({
    schema,
    context: ({ request }: { request: Request }) => contextOf(request, viewerOf(request)),
    graphqlEndpoint: GRAPHQL_PATH,
    landingPage: false,
    logging: false,
    multipart: false,
    maxRequestBodySize: MAX_BODY_BYTES,
    batching: { limit: MAX_BATCH },
    maskedErrors: { maskError },
    // Credentials are headers that a page must set itself, never cookies: any origin may ask.
    cors: { origin: '*', credentials: false, exposedHeaders: ['x-request-id', IDEMPOTENCY_REPLAYED, 'retry-after'] },
    graphiql: { title: 'Waybill', defaultQuery: exampleQuery, headers: '{}' },
    renderGraphiQL: (options) => renderGraphiQL(options),
    plugins: [useAuthentication(authenticate), useGraphqlLimits(), useIdempotency(), useSubscriptions()],
  })
}
