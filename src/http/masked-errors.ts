import { type ExecutionResult, GraphQLError, type GraphQLErrorExtensions } from 'graphql'
import { isAsyncIterable, mapAsyncIterator, type Plugin } from 'graphql-yoga'
import type { Context } from '../context.ts'
import { AppError, type ErrorCode } from '../errors.ts'
import { type RequestScope, type ServerContext, scopeOf } from './request-scope.ts'

const INTERNAL = 'Internal server error'

/** The error that was thrown, beneath the layers that GraphQL wraps around it. */
function thrown(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? thrown(error.originalError) : error
}

/** The same place in the query, with another message. Compiled operations know lines and columns, but no nodes. */
function inPlaceOf(error: unknown, message: string, extensions: GraphQLErrorExtensions): GraphQLError {
  if (!(error instanceof GraphQLError)) return new GraphQLError(message, { extensions })
  const { nodes = null, source, positions, path, locations } = error
  const placed = new GraphQLError(message, { nodes, source, positions, path, extensions })
  return Object.assign(placed, { locations: placed.locations ?? locations })
}

/** What the library says of a request that does not fit the schema has no code of its own. */
function withCode(error: GraphQLError): GraphQLError {
  error.extensions.code ??= 'INVALID' satisfies ErrorCode
  return error
}

/**
 * What was thrown on purpose passes, with its code; anything else is a bug: the client is told the request id,
 * under which the log has the rest.
 */
export function maskError(error: unknown, { id, log }: Pick<RequestScope, 'id' | 'log'>): GraphQLError {
  const cause = thrown(error)
  if (cause instanceof AppError) return inPlaceOf(error, cause.message, { code: cause.code })
  // The compiler's own errors have no extensions: it could not complete what a resolver gave.
  if (cause instanceof GraphQLError && cause.extensions) return withCode(cause)
  log.error({ err: cause, ...(error instanceof GraphQLError ? { path: error.path } : {}) }, 'request failed')
  return inPlaceOf(error, INTERNAL, { code: 'INTERNAL_SERVER_ERROR', requestId: id })
}

export function masked<Result extends ExecutionResult>(
  result: Result,
  scope: Pick<RequestScope, 'id' | 'log'>,
): Result {
  return result.errors ? { ...result, errors: result.errors.map((error) => maskError(error, scope)) } : result
}

function maskedStream(results: AsyncIterable<ExecutionResult>, scope: RequestScope) {
  const iterator = results[Symbol.asyncIterator]() as AsyncIterableIterator<ExecutionResult>
  const fail = (error: unknown): never => {
    throw maskError(error, scope)
  }
  return mapAsyncIterator(iterator, (result) => masked(result, scope), fail)
}

/** Masks the errors of all answers. Yoga's own way does not know which request failed. */
export function useMaskedErrors(): Plugin<Context, ServerContext> {
  return {
    // At once: an answer is kept for its Idempotency-Key before it is sent.
    onExecute: ({ args }) => ({
      onExecuteDone({ result, setResult }) {
        const { requestId: id, log } = args.contextValue
        if (!isAsyncIterable(result)) setResult(masked(result, { id, log }))
      },
    }),
    // What failed before it was executed, and subscriptions.
    onResultProcess({ result, setResult, serverContext }) {
      const scope = scopeOf(serverContext.req)
      if (isAsyncIterable(result)) setResult(maskedStream(result, scope))
      else setResult(Array.isArray(result) ? result.map((one) => masked(one, scope)) : masked(result, scope))
    },
  }
}
