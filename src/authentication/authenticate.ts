import { anonymous, type Viewer } from '../access/viewer.ts'
import { AppError, TryLater, unauthenticated } from '../foundation/errors.ts'
import { isJobToken, loadViewerByJobToken } from './job-token.ts'
import { createJwtVerifier } from './jwt.ts'
import type { JwtIssuer } from './jwt-issuers.ts'
import { loadViewerByJwt } from './jwt-viewer.ts'
import { loadViewerByToken } from './load-viewer.ts'
import { TOKEN_PREFIX } from './token-secrets.ts'

/** Where a credential is looked for. */
export type CredentialHeaders = Pick<Headers, 'get'>

export type Authenticate = (headers: CredentialHeaders) => Promise<Viewer>

type Credential = { kind: 'access token' | 'jwt'; value: string; header: string }

/** Printable ASCII without spaces; a longer one than 8 KiB is no credential but an attempt to make us work. */
const wellFormed = /^[\x21-\x7e]{1,8192}$/

/**
 * Who a request is. A credential that is wrong in any way throws UNAUTHENTICATED; one that cannot be
 * judged now, UNAVAILABLE. Only a request without one is anonymous.
 */
export function createAuthenticator({ jwtIssuers }: { jwtIssuers: readonly JwtIssuer[] }): Authenticate {
  const verifier = createJwtVerifier(jwtIssuers)
  const verify = (token: string) => verifier.verify(token).catch(asUnavailable)
  return async (headers) => {
    const credential = findCredential(headers)
    if (!credential) return anonymous()
    const { kind, value, header } = credential
    if (!wellFormed.test(value)) throw unauthenticated(`The ${header} header does not hold a well-formed token`)
    if (kind === 'access token') return loadViewerByToken(value)
    return isJobToken(value) ? loadViewerByJobToken(value) : loadViewerByJwt(await verify(value))
  }
}

const RETRY_AFTER_S = 10

/** The token may well be good: that we cannot tell is not the client's fault. */
function asUnavailable(error: unknown): never {
  if (error instanceof AppError) throw error
  const message = "The keys of the token's issuer cannot be loaded now: try again later"
  throw new TryLater('UNAVAILABLE', message, RETRY_AFTER_S, { cause: error })
}

/** The first header that is there decides, even when another one would be accepted. */
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
