import { createHash, randomBytes } from 'node:crypto'

/** Makes our tokens recognisable, also for scanners that look for leaked secrets. */
export const TOKEN_PREFIX = 'wbt_'

export function generateToken(): string {
  return TOKEN_PREFIX + randomBytes(32).toString('base64url')
}

/** What is stored of a token. It is 256 random bits, so a plain SHA-256 is enough: there is nothing to guess. */
export function digestOf(token: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(createHash('sha256').update(token).digest())
}
