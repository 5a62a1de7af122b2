import { createHash, randomBytes } from 'node:crypto'

/** Makes our tokens recognisable to people and to scanners that look for leaked secrets. */
export const TOKEN_PREFIX = 'wbt_'

export function generateToken(): string {
  return TOKEN_PREFIX + randomBytes(32).toString('base64url')
}

/** Marks the secret of a session, so that no session passes as a token. */
const SESSION_PREFIX = 'wbs_'

export const generateSessionSecret = (): string => SESSION_PREFIX + randomBytes(32).toString('base64url')

export const isSessionSecret = (text: string): boolean => /^wbs_[\w-]{43}$/.test(text)

/** The database stores only the digest. A plain SHA-256 is enough, because nobody can guess 256 random bits. */
export function digestOf(token: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(createHash('sha256').update(token).digest())
}
