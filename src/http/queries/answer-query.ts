import type { ExecutionResult, GraphQLSchema } from 'graphql'
import { newAnswerLife } from '../../answer-life.ts'
import type { Context } from '../../context.ts'
import type { CredentialHeaders } from '../../modules/access/authenticate.ts'
import { maskError, masked } from '../masked-errors.ts'
import { type ContextParts, requestContext } from '../request-context.ts'
import type { RequestScope } from '../request-scope.ts'
import { type CompiledQuery, createQueryCompiler } from './compiled-queries.ts'
import type { QueryRequest } from './query-request.ts'
import { createResponseCache, type ResponseCache } from './response-cache.ts'

export type QueryParts = ContextParts & {
  schema: GraphQLSchema
  /** Whether answers are kept in memory. */
  responseCache: boolean
}

/** JSON, as text or in UTF-8. */
export type QueryAnswer = string | Buffer

/** The JSON of the result; null when there are errors to tell. */
async function execute({ run }: CompiledQuery, context: Context, { variables }: QueryRequest): Promise<string | null> {
  const result = await run(context, variables)
  return result.errors ? null : JSON.stringify(result)
}

/** The same of a mutation, which must not run twice: null only when it has not begun. */
async function executeOnce(mutation: CompiledQuery, context: Context, { variables }: QueryRequest) {
  const { requestId: id, log } = context
  const fail = (error: unknown): ExecutionResult => ({ data: null, errors: [maskError(error, { id, log })] })
  const result = await mutation.run(context, variables).catch(fail)
  return result.data === undefined ? null : JSON.stringify(masked(result, { id, log }))
}

async function executeOrRecall(
  cache: ResponseCache,
  query: CompiledQuery,
  context: Context,
  request: QueryRequest,
): Promise<QueryAnswer | null> {
  const paths = query.projectPaths?.(request.variables)
  const place = paths && (await cache.place(context.viewer, request, paths))
  if (!place) return execute(query, context, request)
  const kept = cache.find(place)
  if (kept !== null) return kept
  const answerLife = newAnswerLife()
  const json = await execute(query, { ...context, answerLife }, request)
  if (json !== null) cache.keep(place, json, answerLife)
  return json
}

/** Answers plain queries that succeed. Null stands for all others: Yoga answers them. */
export function createQueryAnswerer({ schema, responseCache, ...parts }: QueryParts) {
  const compile = createQueryCompiler(schema)
  const cache = responseCache ? createResponseCache() : null
  return async (
    scope: RequestScope,
    headers: CredentialHeaders,
    request: QueryRequest,
  ): Promise<QueryAnswer | null> => {
    const query = compile(request.text, request.operationName)
    if (!query || (query.isMutation && !request.mayWrite)) return null
    const context = requestContext(parts, scope, headers, await parts.authenticate(headers))
    if (query.isMutation) return executeOnce(query, context, request)
    return cache ? executeOrRecall(cache, query, context, request) : execute(query, context, request)
  }
}
