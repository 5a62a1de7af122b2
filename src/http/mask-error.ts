import { GraphQLError } from 'graphql'
import { AppError, type ErrorCode } from '../errors.ts'
import { requestScope } from './request-scope.ts'

const INTERNAL = 'Internal server error'

/** The error that was thrown, beneath the layers that GraphQL wraps around it. */
function thrown(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? thrown(error.originalError) : error
}

const at = ({ nodes, source, positions, path }: GraphQLError) => ({ nodes, source, positions, path })

/** What the library says of a request that does not fit the schema has no code of its own. */
function withCode(error: GraphQLError): GraphQLError {
  error.extensions.code ??= 'INVALID' satisfies ErrorCode
  return error
}

/**
 * What was thrown on purpose passes, with its code; anything else is a bug: the client is told the request id,
 * under which the log has the rest.
 */
export function maskError(error: unknown): Error {
  const cause = thrown(error)
  const place = error instanceof GraphQLError ? at(error) : {}
  if (cause instanceof AppError) return new GraphQLError(cause.message, { ...place, extensions: { code: cause.code } })
  if (cause instanceof GraphQLError) return withCode(cause)
  const scope = requestScope.getStore()
  scope?.log.error({ err: cause, ...(error instanceof GraphQLError ? { path: error.path } : {}) }, 'request failed')
  return new GraphQLError(INTERNAL, { ...place, extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: scope?.id } })
}
