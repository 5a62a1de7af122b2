/** What an expected failure means; stable, so that clients may switch on it. Messages may change, codes do not. */
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

/** An expected failure. Anything else that is thrown is a bug: masked for the client, logged with the request id. */
export class AppError extends Error {
  override readonly name: string = 'AppError'
  readonly code: ErrorCode
  /** After how many whole seconds it may be otherwise; null: not by waiting. */
  readonly retryAfter: number | null

  constructor(code: ErrorCode, message: string, { retryAfter, ...options }: Options = {}) {
    super(message, options)
    this.code = code
    this.retryAfter = retryAfter ?? null
  }
}

/** What was asked for may be had later: nothing is wrong with the request. */
export class TryLater extends AppError {
  override readonly name = 'TryLater'

  constructor(code: 'RATE_LIMITED' | 'UNAVAILABLE', message: string, retryAfter: number, options?: ErrorOptions) {
    super(code, message, { ...options, retryAfter })
  }
}

export type AttributeProblems = Readonly<Record<string, readonly string[]>>

/** A rule of the business was broken by who may break it: GraphQL tells it in the payload's `errors`, REST by its status. */
export class RuleViolation extends AppError {
  override readonly name = 'RuleViolation'
  /** One per rule that was broken. */
  readonly messages: readonly string[]
  /** The same by attribute, in words that follow its name; empty where no attribute is to blame. */
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

/** What an answer's headers say of a failure; each door adds them to its own. */
export function failureHeaders(error: AppError): Record<string, string> {
  if (error.code === 'UNAUTHENTICATED') return { 'www-authenticate': 'Bearer' }
  return error.retryAfter === null ? {} : { 'retry-after': String(error.retryAfter) }
}

export const invalid = (message: string) => new AppError('INVALID', message)
export const unavailable = (message: string, retryAfter: number) => new TryLater('UNAVAILABLE', message, retryAfter)
export const unauthenticated = (message: string) => new AppError('UNAUTHENTICATED', message)

/** One answer for what is absent and for what the viewer may not do: the difference would tell that it exists. */
export const notFoundOrForbidden = () =>
  new AppError(
    'NOT_FOUND',
    "The resource that you are attempting to access does not exist or you don't have permission to perform this action",
  )
