import type { GraphQLSchema } from 'graphql'
import { newAnswerLife } from '../../answer-life.ts'
import type { Context } from '../../context.ts'
import type { CredentialHeaders } from '../../modules/access/authenticate.ts'
import { maskError, masked } from '../masked-errors.ts'
import { type ContextParts, requestContext } from '../request-context.ts'
import type { RequestScope } from '../request-scope.ts'
import { type CompiledOperation, createOperationCompiler } from './compiled-operations.ts'
import type { OperationRequest } from './operation-request.ts'
import { createResponseCache, type ResponseCache } from './response-cache.ts'

export type OperationParts = ContextParts & {
  schema: GraphQLSchema
  /** Whether answers are kept in memory. */
  responseCache: boolean
}

/** JSON, as text or in UTF-8. */
export type OperationAnswer = string | Buffer

/** The JSON of the result; null when there are errors to tell. */
async function execute(
  { run }: CompiledOperation,
  context: Context,
  { variables }: OperationRequest,
): Promise<string | null> {
  const result = await run(context, variables)
  return result.errors ? null : JSON.stringify(result)
}

/**
 * The JSON of what a mutation gave, errors too, as it must not run twice: null only when it has not begun, as its variables are
 * wrong.
 */
async function executeOnce(
  { run }: CompiledOperation,
  context: Context,
  { variables }: OperationRequest,
  scope: RequestScope,
): Promise<string | null> {
  try {
    const result = await run(context, variables)
    return result.data === undefined ? null : JSON.stringify(masked(result, scope))
  } catch (error) {
    return JSON.stringify({ data: null, errors: [maskError(error, scope)] })
  }
}

async function executeOrRecall(
  cache: ResponseCache,
  query: CompiledOperation,
  context: Context,
  request: OperationRequest,
): Promise<OperationAnswer | null> {
  const paths = query.projectPaths?.(request.variables)
  const place = paths && (await cache.place(context.viewer, request, paths))
  if (!place) return execute(query, context, request)
  const kept = cache.find(place)
  if (kept !== null) return kept
  const answerLife = newAnswerLife()
  context.answerLife = answerLife
  const json = await execute(query, context, request)
  if (json !== null) cache.keep(place, json, answerLife)
  return json
}

/** Answers plain queries that succeed, and plain mutations. Null stands for all others: Yoga answers them. */
export function createOperationAnswerer({ schema, responseCache, ...parts }: OperationParts) {
  const compile = createOperationCompiler(schema)
  const cache = responseCache ? createResponseCache() : null
  return async (
    scope: RequestScope,
    headers: CredentialHeaders,
    request: OperationRequest,
  ): Promise<OperationAnswer | null> => {
    const operation = compile(request.text, request.operationName)
    if (!operation || (operation.isMutation && !request.mayWrite)) return null
    const context = requestContext(parts, scope, headers, await parts.authenticate(headers))
    if (operation.isMutation) return executeOnce(operation, context, request, scope)
    return cache ? executeOrRecall(cache, operation, context, request) : execute(operation, context, request)
  }
}
