import { createHash } from 'node:crypto'

/** Whether the client has that version already (RFC 9110, 13.1.2). */
export function isUnchanged(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false
  const known = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return known.includes('*') || known.includes(etag)
}

type Version = {
  etag: string
  /** Left out where more changes the answer than the date tells. */
  modifiedAt?: Date | undefined
}

const inSeconds = (milliseconds: number) => Math.floor(milliseconds / 1000)

/** RFC 9110, 13.2.2: the date counts only for clients that know no entity tag. */
export function isKnown(headers: Headers, { etag, modifiedAt }: Version): boolean {
  const ifNoneMatch = headers.get('if-none-match')
  if (ifNoneMatch !== null) return isUnchanged(ifNoneMatch, etag)
  const since = Date.parse(headers.get('if-modified-since') ?? '')
  return modifiedAt !== undefined && inSeconds(modifiedAt.getTime()) <= inSeconds(since)
}

/** Of an answer whose bytes may differ where it says the same. */
export const weakTagOf = (text: string) => `W/"${createHash('sha1').update(text).digest('hex')}"`

/** Asked again each time, as access may have ended; never kept by a cache that others share. */
export const PRIVATE = { 'cache-control': 'private, no-cache', vary: 'authorization, private-token, job-token' }
