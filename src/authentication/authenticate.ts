import { anonymous, type Viewer } from '../access/viewer.ts'
import { AppError, TryLater, unauthenticated } from '../foundation/errors.ts'
import { isJobToken, loadViewerByJobToken } from './job-token.ts'
import { createJwtVerifier } from './jwt.ts'
import type { JwtIssuer } from './jwt-issuers.ts'
import { loadViewerByJwt } from './jwt-viewer.ts'
import { loadViewerBySession, loadViewerByToken } from './load-viewer.ts'
import { TOKEN_PREFIX } from './token-secrets.ts'

/** `session` is the secret in a browser's cookie. Only `withSession` of http/session-cookie.ts sets it. */
export type CredentialHeaders = Pick<Headers, 'get'> & { readonly session?: string }

const inHeaders = (headers: CredentialHeaders): (string | null)[] =>
  ['private-token', 'job-token', 'authorization'].map((name) => headers.get(name))

export const hasCredential = (headers: CredentialHeaders): boolean => inHeaders(headers).some(Boolean)

export const credentialsIn = (headers: CredentialHeaders): (string | null)[] => [
  ...inHeaders(headers),
  ...(headers.session === undefined ? [] : [headers.session]),
]

export type Authenticate = (headers: CredentialHeaders) => Promise<Viewer>

type Credential = { kind: 'access token' | 'jwt'; value: string; header: string }

/** Printable ASCII without spaces, of at most 8 KiB, because reading a longer value only costs us time. */
const wellFormed = /^[\x21-\x7e]{1,8192}$/

/**
 * Finds the viewer of a request. A wrong credential throws UNAUTHENTICATED, and a credential that cannot be checked now throws
 * UNAVAILABLE. Only a request without a credential is anonymous, or with the cookie of a session that has ended, because a browser
 * sends such a cookie without being asked.
 */
export function createAuthenticator({ jwtIssuers }: { jwtIssuers: readonly JwtIssuer[] }): Authenticate {
  const verify = createJwtVerifier(jwtIssuers)
  return async (headers) => {
    const credential = findCredential(headers)
    if (!credential) return headers.session === undefined ? anonymous() : loadViewerBySession(headers.session)
    const { kind, value, header } = credential
    if (!wellFormed.test(value)) throw unauthenticated(`The ${header} header does not hold a well-formed token`)
    if (kind === 'access token') return loadViewerByToken(value)
    return isJobToken(value) ? loadViewerByJobToken(value) : loadViewerByJwt(await verify(value).catch(asUnavailable))
  }
}

const RETRY_AFTER_S = 10

/** Throws UNAVAILABLE when the issuer's keys cannot be loaded, because the token may well be good. */
function asUnavailable(error: unknown): never {
  if (error instanceof AppError) throw error
  const message = "The keys of the token's issuer cannot be loaded now: try again later"
  throw new TryLater('UNAVAILABLE', message, RETRY_AFTER_S, { cause: error })
}

/** The first header that is present decides, even when a later header would be accepted. */
function findCredential(headers: CredentialHeaders): Credential | null {
  const accessToken = headers.get('PRIVATE-TOKEN')
  if (accessToken) return { kind: 'access token', value: accessToken, header: 'PRIVATE-TOKEN' }
  const jobToken = headers.get('JOB-TOKEN')
  if (jobToken) return { kind: 'jwt', value: jobToken, header: 'JOB-TOKEN' }
  const authorization = headers.get('Authorization')
  if (authorization) return bearerCredential(authorization)
  return null
}

function bearerCredential(authorization: string): Credential {
  const [scheme = ''] = authorization.split(' ', 1)
  if (scheme.toLowerCase() !== 'bearer') throw unauthenticated('The Authorization header must use the scheme Bearer')
  const value = authorization.slice(scheme.length).trim()
  return { kind: looksLikeJwt(value) ? 'jwt' : 'access token', value, header: 'Authorization' }
}

function looksLikeJwt(value: string): boolean {
  return !value.startsWith(TOKEN_PREFIX) && value.split('.', 4).length === 3
}
