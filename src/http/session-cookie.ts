// The cookie that holds the secret of a session, and where it counts: only doors that call `withSession` know it.
import type { Context as HonoContext } from 'hono'
import { parse, serialize } from 'hono/utils/cookie'
import { type CredentialHeaders, hasCredential } from '../authentication/authenticate.ts'
import { isSessionSecret } from '../authentication/token-secrets.ts'
import type { RequestScope } from '../request/request-scope.ts'
import { scopeIn } from './hono-context.ts'

export type Place = { scope: RequestScope; baseUrl: string }

export const placeOf = (c: HonoContext, { baseUrl }: { baseUrl: string }): Place => ({ scope: scopeIn(c), baseUrl })

const isEncrypted = ({ scope, baseUrl }: Place) => scope.scheme === 'https' || baseUrl.startsWith('https:')

/** With the prefix a browser takes the cookie over TLS and from this host alone, so no neighbour can plant one. */
const cookieName = (name: string, place: Place): string =>
  isEncrypted(place) ? `__Host-waybill_${name}` : `waybill_${name}`

/** The text of a `Set-Cookie`. The cookie ends with the browser, or after so many seconds; 0 removes it. */
export const cookieText = (name: string, value: string, place: Place, seconds: number): string =>
  serialize(cookieName(name, place), value, {
    ...{ path: '/', httpOnly: true, sameSite: 'Lax', secure: isEncrypted(place), maxAge: seconds },
  })

export function cookieIn(headers: CredentialHeaders, name: string, place: Place): string | null {
  const full = cookieName(name, place)
  return parse(headers.get('cookie') ?? '', full)[full] ?? null
}

export function sessionIn(headers: CredentialHeaders, place: Place): string | null {
  const secret = cookieIn(headers, 'session', place)
  return secret !== null && isSessionSecret(secret) ? secret : null
}

function withSession(headers: CredentialHeaders, place: Place): CredentialHeaders {
  if (hasCredential(headers)) return headers
  const session = sessionIn(headers, place)
  return session === null ? headers : { get: (name) => headers.get(name), session }
}

/**
 * Whether the browser says that a page of this server sent the request. Browsers that do not send `Sec-Fetch-Site`, or do not send
 * it without TLS, send `Origin` with every POST.
 */
export function isFromHere(headers: CredentialHeaders, { scope, baseUrl }: Place): boolean {
  const site = headers.get('sec-fetch-site')
  if (site !== null) return site === 'same-origin'
  const base = new URL(baseUrl)
  const origin = headers.get('origin')
  return origin === base.origin || origin === `${scope.scheme ?? base.protocol.slice(0, -1)}://${scope.host}`
}

/** For GraphQL: the session counts when a page of this server asks. Any other request stays as it is. */
export const withSessionFromHere = (headers: CredentialHeaders, place: Place): CredentialHeaders =>
  isFromHere(headers, place) ? withSession(headers, place) : headers

/**
 * For pages and files, by GET: the session counts when the user follows a link from anywhere, or when a page of this server shows the
 * file. A page of another origin that embeds the file could measure how it answers.
 */
export function withSessionToRead(headers: CredentialHeaders, place: Place): CredentialHeaders {
  const site = headers.get('sec-fetch-site')
  const isOwn = site === null || site === 'same-origin' || site === 'none'
  return isOwn || headers.get('sec-fetch-mode') === 'navigate' ? withSession(headers, place) : headers
}
