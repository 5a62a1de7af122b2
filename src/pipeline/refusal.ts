import { GraphQLError } from 'graphql'
import type { ErrorCode } from '../foundation/errors.ts'

type Http = {
  status: number
  /**
   * Whether an answer as `application/json` has the status 200, because clients of this type read the body and not the status.
   */
  spec?: boolean
  headers?: Readonly<Record<string, string>>
}

type RefusalCode =
  | ErrorCode
  | 'GRAPHQL_PARSE_FAILED'
  | 'GRAPHQL_VALIDATION_FAILED'
  | 'OPERATION_RESOLUTION_FAILURE'
  | 'BAD_REQUEST'
  | 'PERSISTED_QUERY_NOT_FOUND'

/** The error for an operation that was not run. The status is in `extensions.http`, which Yoga reads and does not send. */
export function refused(error: GraphQLError, { code, ...http }: Http & { code: RefusalCode }): GraphQLError {
  const { message, nodes = null, source, positions, path, originalError } = error
  const extensions = { code, ...error.extensions, http }
  return new GraphQLError(message, { nodes, source, positions, path, originalError, extensions })
}

/** An error that the client must correct. Clients that do not read the status find it in the answer. */
export const wrong = (message: string): GraphQLError =>
  refused(new GraphQLError(message), { code: 'INVALID', status: 400, spec: true })

/** The operation was not run because of the errors. */
export class NotRun extends Error {
  override readonly name = 'NotRun'
  readonly errors: readonly GraphQLError[]

  constructor(errors: readonly GraphQLError[]) {
    super('The operation was not run')
    this.errors = errors
  }
}
