/** The meaning of an expected failure. Codes never change, because clients switch on them. Messages may change. */
export type ErrorCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'INVALID'
  | 'UNPROCESSABLE'
  | 'TOO_LARGE'
  | 'NOT_IMPLEMENTED'
  | 'RATE_LIMITED'
  | 'UNAVAILABLE'

type Options = ErrorOptions & { retryAfter?: number }

/** An expected failure. Any other error is a bug: the client gets a general message, the log gets the error and request id. */
export class AppError extends Error {
  override readonly name: string = 'AppError'
  readonly code: ErrorCode
  /** After this many whole seconds the client may try again; null: waiting does not help. */
  readonly retryAfter: number | null

  constructor(code: ErrorCode, message: string, { retryAfter, ...options }: Options = {}) {
    super(message, options)
    this.code = code
    this.retryAfter = retryAfter ?? null
  }
}

/** Nothing is wrong with the request, and it may succeed later. */
export class TryLater extends AppError {
  override readonly name = 'TryLater'

  constructor(code: 'RATE_LIMITED' | 'UNAVAILABLE', message: string, retryAfter: number, options?: ErrorOptions) {
    super(code, message, { ...options, retryAfter })
  }
}

export type AttributeProblems = Readonly<Record<string, readonly string[]>>

/** A permitted request that breaks a rule of the domain. GraphQL reports it in the payload's `errors`, REST by the status. */
export class RuleViolation extends AppError {
  override readonly name = 'RuleViolation'
  /** One message for each broken rule. */
  readonly messages: readonly string[]
  /** The same messages by attribute, in words that follow the attribute's name; empty when no attribute is to blame. */
  readonly attributes: AttributeProblems

  constructor(code: ErrorCode, messages: string | readonly string[], attributes: AttributeProblems = {}) {
    const all = typeof messages === 'string' ? [messages] : messages
    super(code, all.join(', '))
    this.messages = all
    this.attributes = attributes
  }
}

export const httpStatus: Readonly<Record<ErrorCode, 400 | 401 | 403 | 404 | 409 | 413 | 422 | 429 | 501 | 503>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  INVALID: 400,
  UNPROCESSABLE: 422,
  TOO_LARGE: 413,
  NOT_IMPLEMENTED: 501,
  RATE_LIMITED: 429,
  UNAVAILABLE: 503,
}

/** The headers of an answer that reports the failure. Each door adds them to its own headers. */
export function failureHeaders(error: AppError): Record<string, string> {
  if (error.code === 'UNAUTHENTICATED') return { 'www-authenticate': 'Bearer' }
  return error.retryAfter === null ? {} : { 'retry-after': String(error.retryAfter) }
}

export const invalid = (message: string) => new AppError('INVALID', message)
export const unavailable = (message: string, retryAfter: number) => new TryLater('UNAVAILABLE', message, retryAfter)
export const unauthenticated = (message: string) => new AppError('UNAUTHENTICATED', message)

/** The same answer for a missing resource and for a forbidden action, because a difference would reveal what exists. */
export const notFoundOrForbidden = () =>
  new AppError(
    'NOT_FOUND',
    "The resource that you are attempting to access does not exist or you don't have permission to perform this action",
  )
