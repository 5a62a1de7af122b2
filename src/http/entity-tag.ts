/** Whether the client has that version already (RFC 9110, 13.1.2). */
export function isUnchanged(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false
  const known = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return known.includes('*') || known.includes(etag)
}

/** Asked again each time, as access may have ended; never kept by a cache that others share. */
export const PRIVATE = { 'cache-control': 'private, no-cache', vary: 'authorization, private-token, job-token' }
