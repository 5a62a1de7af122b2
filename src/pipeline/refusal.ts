import { GraphQLError } from 'graphql'
import type { ErrorCode } from '../foundation/errors.ts'

type Http = {
  status: number
  /** Whether `application/json` has 200 in its place: clients of that type read the body, not the status. */
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

/** Why an operation was not run. The status is in `extensions.http`, which no client is sent: Yoga looks for it there, too. */
export function refused(error: GraphQLError, { code, ...http }: Http & { code: RefusalCode }): GraphQLError {
  const { message, nodes = null, source, positions, path, originalError } = error
  const extensions = { code, ...error.extensions, http }
  return new GraphQLError(message, { nodes, source, positions, path, originalError, extensions })
}

/** What the client must change, told as part of the answer to those that read no status. */
export const wrong = (message: string): GraphQLError =>
  refused(new GraphQLError(message), { code: 'INVALID', status: 400, spec: true })

/** The operation was not run, for these reasons. */
export class NotRun extends Error {
  override readonly name = 'NotRun'
  readonly errors: readonly GraphQLError[]

  constructor(errors: readonly GraphQLError[]) {
    super('The operation was not run')
    this.errors = errors
  }
}
