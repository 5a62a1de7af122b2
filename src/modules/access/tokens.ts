import { createHash, randomBytes } from 'node:crypto'
import { db } from '../../db.ts'
import type { TokenScope } from '../../generated/prisma/client.ts'

/** Makes our tokens recognisable, also for scanners that look for leaked secrets. */
export const TOKEN_PREFIX = 'wbt_'

export function generateToken(): string {
  return TOKEN_PREFIX + randomBytes(32).toString('base64url')
}

/** What is stored of a token. It is 256 random bits, so a plain SHA-256 is enough: there is nothing to guess. */
export function digestOf(token: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(createHash('sha256').update(token).digest())
}

export type TokenIssue = {
  userId: number
  name: string
  scopes: TokenScope[]
  /** Absent or null: valid until revoked. */
  expiresAt?: Date | null
}

/** Returns the token; it cannot be shown again. */
export async function issueToken({ userId, name, scopes, expiresAt = null }: TokenIssue): Promise<string> {
  const token = generateToken()
  await db.accessToken.create({ data: { userId, name, scopes, expiresAt, digest: digestOf(token) } })
  return token
}
