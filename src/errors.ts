/** What an expected failure means; stable, so that clients may switch on it. Messages may change, codes do not. */
export type ErrorCode = 'UNAUTHENTICATED' | 'FORBIDDEN' | 'NOT_FOUND' | 'CONFLICT' | 'INVALID'

/** An expected failure. Anything else that is thrown is a bug: masked for the client, logged with the request id. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

export const httpStatus: Readonly<Record<ErrorCode, 400 | 401 | 403 | 404 | 409>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  INVALID: 400,
}

export const invalid = (message: string) => new AppError('INVALID', message)
export const unauthenticated = (message: string) => new AppError('UNAUTHENTICATED', message)
