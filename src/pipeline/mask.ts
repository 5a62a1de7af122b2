import { type ExecutionResult, GraphQLError, type GraphQLErrorExtensions } from 'graphql'
import { DatabaseAway, tellOutage } from '../database/outage.ts'
import { AppError, type ErrorCode, failureHeaders, httpStatus, TryLater } from '../foundation/errors.ts'
import type { RequestScope } from '../request/request-scope.ts'

const INTERNAL = 'Internal server error'

/** The error that was thrown, beneath the layers that GraphQL wraps around it. */
export function thrown(error: unknown): unknown {
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
  const cause = tellOutage(thrown(error))
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

const isUnavailable = (error: unknown) => error instanceof TryLater && error.code === 'UNAVAILABLE'

/** Why some of it could not be answered now, through no fault of the request. */
export const outageIn = ({ errors = [] }: ExecutionResult): unknown =>
  errors.map(thrown).find((error) => error instanceof DatabaseAway || isUnavailable(error))

/** Codes that are about the request and not about the operation in it: every client is told them by the status. */
const OF_REQUEST: ReadonlySet<ErrorCode> = new Set([
  ...(['UNAUTHENTICATED', 'TOO_LARGE', 'RATE_LIMITED', 'UNAVAILABLE'] as const),
])

function httpOf(cause: unknown) {
  if (cause instanceof AppError) {
    return { status: httpStatus[cause.code], spec: !OF_REQUEST.has(cause.code), headers: failureHeaders(cause) }
  }
  return cause instanceof GraphQLError ? { status: 400, spec: true } : { status: 500 }
}

/** The same of what kept an operation from being run, with its status in `extensions.http`. */
export function maskRefusal(error: unknown, scope: Pick<RequestScope, 'id' | 'log'>): GraphQLError {
  if (error instanceof GraphQLError && error.extensions.http !== undefined) return withCode(error)
  const shown = maskError(error, scope)
  shown.extensions.http ??= httpOf(tellOutage(thrown(error)))
  return shown
}
