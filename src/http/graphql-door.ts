import type { GraphQLSchema } from 'graphql'
import { createYoga, type GraphiQLOptions, type YogaInitialContext } from 'graphql-yoga'
import { MAX_BATCH } from '../limits.ts'
import { useAuthentication, viewerOf } from './authentication.ts'
import { EXPOSED_HEADERS } from './cors.ts'
import { exampleQuery } from './example-query.ts'
import { useGraphqlLimits } from './graphql-limits.ts'
import { useIdempotency } from './idempotency.ts'
import { useMaskedErrors } from './masked-errors.ts'
import { type ContextParts, requestContext } from './request-context.ts'
import { type ServerContext, scopeOf } from './request-scope.ts'
import { useSubscriptions } from './subscriptions.ts'

export const GRAPHQL_PATH = '/graphql'

/** A release's notes may have 1,000,000 characters of up to 4 bytes, and JSON may double some of them. */
const MAX_BODY_BYTES = 10_000_000

/** Loaded when somebody opens it: its pages are 30 MB of text in memory. */
async function renderGraphiQL(options?: GraphiQLOptions): Promise<string> {
  const { renderGraphiQL: render } = await import('@graphql-yoga/render-graphiql')
  return render(options)
}

export type GraphqlParts = ContextParts & { schema: GraphQLSchema }

export function createGraphqlDoor({ schema, ...parts }: GraphqlParts) {
  return createYoga<ServerContext>({
    schema,
    context: ({ request, req }: YogaInitialContext & ServerContext) =>
      requestContext(parts, scopeOf(req), request.headers, viewerOf(request)),
    graphqlEndpoint: GRAPHQL_PATH,
    landingPage: false,
    logging: false,
    multipart: false,
    maxRequestBodySize: MAX_BODY_BYTES,
    batching: { limit: MAX_BATCH },
    maskedErrors: false,
    // Credentials are headers that a page must set itself, never cookies: any origin may ask.
    cors: { origin: '*', credentials: false, exposedHeaders: EXPOSED_HEADERS },
    graphiql: { title: 'Waybill', defaultQuery: exampleQuery, headers: '{}' },
    renderGraphiQL,
    plugins: [
      useAuthentication(parts.authenticate),
      useGraphqlLimits(),
      useIdempotency(),
      useSubscriptions(),
      useMaskedErrors(),
    ],
  })
}
