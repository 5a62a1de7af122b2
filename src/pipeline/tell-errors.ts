import { type ExecutionResult, GraphQLError, type GraphQLErrorExtensions } from 'graphql'
import { DatabaseAway, outageFailure } from '../database/outage.ts'
import { AppError, type ErrorCode, failureHeaders, httpStatus, TryLater } from '../foundation/errors.ts'
import type { RequestScope } from '../request/request-scope.ts'

const INTERNAL = 'Internal server error'

/** The error that was thrown, without GraphQL's wrappers. */
export function thrown(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? thrown(error.originalError) : error
}

/** An error at the same place in the query with another message. Errors of compiled operations have locations but no nodes. */
function inPlaceOf(error: unknown, message: string, extensions: GraphQLErrorExtensions): GraphQLError {
  if (!(error instanceof GraphQLError)) return new GraphQLError(message, { extensions })
  const { nodes = null, source, positions, path, locations } = error
  const placed = new GraphQLError(message, { nodes, source, positions, path, extensions })
  return Object.assign(placed, { locations: placed.locations ?? locations })
}

/** Gives a code to the library's errors about requests that do not fit the schema. */
function withCode(error: GraphQLError): GraphQLError {
  error.extensions.code ??= 'INVALID' satisfies ErrorCode
  return error
}

/**
 * Tells an expected error with its code. Any other error is a bug: the client gets the request ID, and the log has the error
 * under this ID.
 */
export function tellError(error: unknown, { id, log }: Pick<RequestScope, 'id' | 'log'>): GraphQLError {
  const cause = outageFailure(thrown(error))
  if (cause instanceof AppError) return inPlaceOf(error, cause.message, { code: cause.code })
  // An error without extensions comes from the compiler, which could not complete a resolver's value.
  if (cause instanceof GraphQLError && cause.extensions) return withCode(cause)
  log.error({ err: cause, ...(error instanceof GraphQLError ? { path: error.path } : {}) }, 'request failed')
  return inPlaceOf(error, INTERNAL, { code: 'INTERNAL_SERVER_ERROR', requestId: id })
}

export function tellErrors<Result extends ExecutionResult>(
  result: Result,
  scope: Pick<RequestScope, 'id' | 'log'>,
): Result {
  return result.errors ? { ...result, errors: result.errors.map((error) => tellError(error, scope)) } : result
}

const isUnavailable = (error: unknown) => error instanceof TryLater && error.code === 'UNAVAILABLE'

/** The outage for which part of the request could not be answered. */
export const outageIn = ({ errors = [] }: ExecutionResult): unknown =>
  errors.map(thrown).find((error) => error instanceof DatabaseAway || isUnavailable(error))

/** These codes are about the request and not about its operation, so the HTTP status tells them to every client. */
const OF_REQUEST: ReadonlySet<ErrorCode> = new Set([
  ...(['UNAUTHENTICATED', 'TOO_LARGE', 'RATE_LIMITED', 'UNAVAILABLE'] as const),
])

function httpOf(cause: unknown) {
  if (cause instanceof AppError) {
    return { status: httpStatus[cause.code], spec: !OF_REQUEST.has(cause.code), headers: failureHeaders(cause) }
  }
  return cause instanceof GraphQLError ? { status: 400, spec: true } : { status: 500 }
}

/** Tells an error that kept the operation from running, with its status in `extensions.http`. */
export function tellRefusal(error: unknown, scope: Pick<RequestScope, 'id' | 'log'>): GraphQLError {
  if (error instanceof GraphQLError && error.extensions.http !== undefined) return withCode(error)
  const shown = tellError(error, scope)
  shown.extensions.http ??= httpOf(outageFailure(thrown(error)))
  return shown
}
