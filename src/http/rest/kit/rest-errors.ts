// The failures of REST, with their statuses and bodies (docs/contract/rest.md#errors).
import { outageFailure } from '../../../database/outage.ts'
import { AppError, failureHeaders, httpStatus, RuleViolation } from '../../../foundation/errors.ts'
import type { RequestScope } from '../../../request/request-scope.ts'
import { toSnakeCase } from '../../../rows/columns.ts'
import { readFailure } from '../../../storage/storage-failure.ts'

/** An answer that ends the request. */
export class RestError extends Error {
  override readonly name = 'RestError'
  readonly status: number
  readonly body: unknown
  readonly headers: Record<string, string>

  constructor(status: number, body: unknown, headers: Record<string, string> = {}) {
    super(`REST answers ${status}`)
    this.status = status
    this.body = body
    this.headers = status === 401 ? { 'www-authenticate': 'Bearer', ...headers } : headers
  }
}

/** For wrong parameters. Each problem names its parameter. */
export const badRequest = (...problems: string[]) => new RestError(400, { error: problems.join(', ') })
/** For broken rules that GitLab reports under `error`. */
export const unprocessable = (problem: string) => new RestError(422, { error: problem })
export const unauthorized = () => new RestError(401, { message: '401 Unauthorized' })
export const forbidden = () => new RestError(403, { message: '403 Forbidden' })
export const notFound = (what?: string) =>
  new RestError(404, { message: what === undefined ? '404 Not found' : `404 ${what} Not Found` })

const preconditionFailed = () => new RestError(412, { message: '412 Precondition Failed' })

/**
 * Refuses to delete what has changed since `If-Unmodified-Since`. Compares whole seconds, because the time in the header has no
 * fractions.
 */
export function assertUnmodified(headers: Headers, { updatedAt }: { updatedAt: Date }): void {
  const since = Date.parse(headers.get('if-unmodified-since') ?? '')
  if (Math.floor(updatedAt.getTime() / 1000) * 1000 > since) throw preconditionFailed()
}

/** The value. Throws a 404 when there is none. */
export function orNotFound<Value>(value: Value | null | undefined, what?: string): Value {
  if (value == null) throw notFound(what)
  return value
}

/** The form of a message about broken rules: one text, a list of texts, or an object with a list of texts for each attribute. */
export type ViolationStyle = 'text' | 'list' | 'attributes'

function messageOf({ code, messages, attributes }: RuleViolation, style: ViolationStyle): unknown {
  if (style === 'list' && code === 'INVALID') return messages
  const byAttribute = Object.entries(attributes).map(([name, texts]) => [toSnakeCase(name), texts])
  return style === 'attributes' && byAttribute.length > 0 ? Object.fromEntries(byAttribute) : messages.join(', ')
}

function toRestError(thrown: unknown, scope: RequestScope, style: ViolationStyle): RestError {
  const error = outageFailure(readFailure(thrown, scope.log))
  if (error instanceof RestError) return error
  if (error instanceof RuleViolation) {
    return new RestError(httpStatus[error.code], { message: messageOf(error, style) })
  }
  if (error instanceof AppError) {
    if (error.code === 'UNAUTHENTICATED') {
      return new RestError(401, { error: 'invalid_token', error_description: error.message })
    }
    // The endpoint found the thing before it called the use case, so NOT_FOUND means that the viewer may not write.
    if (error.code === 'NOT_FOUND') return forbidden()
    return new RestError(httpStatus[error.code], { message: error.message }, failureHeaders(error))
  }
  scope.log.error({ err: error }, 'request failed')
  return new RestError(500, { message: '500 Internal Server Error', request_id: scope.id })
}

export function answerError(error: unknown, scope: RequestScope, style: ViolationStyle = 'text'): Response {
  const { status, body, headers } = toRestError(error, scope, style)
  return Response.json(body, { status, headers })
}
