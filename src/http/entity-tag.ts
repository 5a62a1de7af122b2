import { createHash } from 'node:crypto'

/** Whether the client has this version already (RFC 9110, 13.1.2). */
export function isUnchanged(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false
  const known = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return known.includes('*') || known.includes(etag)
}

type Version = {
  etag: string
  /** Left out when the answer changes more often than the date. */
  modifiedAt?: Date | undefined
}

const inSeconds = (milliseconds: number) => Math.floor(milliseconds / 1000)

/** Whether the client has this version already. The date counts only for clients that send no entity tag (RFC 9110, 13.2.2). */
export function isKnown(headers: Headers, { etag, modifiedAt }: Version): boolean {
  const ifNoneMatch = headers.get('if-none-match')
  if (ifNoneMatch !== null) return isUnchanged(ifNoneMatch, etag)
  const since = Date.parse(headers.get('if-modified-since') ?? '')
  return modifiedAt !== undefined && inSeconds(modifiedAt.getTime()) <= inSeconds(since)
}

/** The entity tag of an answer that may say the same in other bytes. */
export const weakTagOf = (text: string) => `W/"${createHash('sha1').update(text).digest('hex')}"`

/** The client asks again each time, because its access may have ended. A cache that others share keeps nothing. */
export const PRIVATE = { 'cache-control': 'private, no-cache', vary: 'authorization, private-token, job-token, cookie' }
