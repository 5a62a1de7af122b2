import { badRequest } from './rest-errors.ts'

const SHA256_BYTES = 32

/** `sha-256=:<base64>:` of RFC 9530, or `sha-256=<base64>` of RFC 3230. */
const LABELLED = /(?:^|,)\s*sha-256=:?([A-Za-z0-9+/=]*):?\s*(?=,|$)/i

const labelled = (text: string): string | null => {
  const base64 = LABELLED.exec(text)?.[1]
  return base64 === undefined ? null : Buffer.from(base64, 'base64').toString('hex')
}

/** The headers with which clients declare the digest of their file. Only SHA-256 counts. */
const readers: Readonly<Record<string, (text: string) => string | null>> = {
  'x-checksum-sha256': (text) => text.trim().toLowerCase(),
  'content-digest': labelled,
  'repr-digest': labelled,
  digest: labelled,
}

/** The SHA-256 that the client declares for its file, in lower-case hex; null when the client declares none. */
export function sentDigest(headers: Headers): string | null {
  for (const [name, read] of Object.entries(readers)) {
    const digest = read(headers.get(name) ?? '') || null
    if (digest === null) continue
    if (!/^[0-9a-f]+$/.test(digest) || digest.length !== 2 * SHA256_BYTES) {
      throw badRequest(`${name} is invalid: a SHA-256 is expected`)
    }
    return digest
  }
  return null
}
