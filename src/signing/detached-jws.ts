import { flattenedVerify, importJWK, type JWK } from 'jose'
import { z } from 'zod'

export const SIGNING_ALGORITHM = 'ES256'

/** `protected..signature` of RFC 7515, appendix F. The payload is left out. */
const DETACHED = /^([\w-]+)\.\.([\w-]+)$/

const Header = z.object({ alg: z.string(), kid: z.string(), typ: z.string().optional() })

export type DetachedJws = { protected: string; signature: string; header: z.infer<typeof Header> }

/** Null when the text is not a detached JWS or names no key. */
export function parseDetached(text: string): DetachedJws | null {
  const [, encoded = '', signature = ''] = DETACHED.exec(text.trim()) ?? []
  try {
    const header = Header.parse(JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8')))
    return { protected: encoded, signature, header }
  } catch {
    return null
  }
}

/** Whether the key signed the payload. False for a key that cannot be used. */
export async function isSignedBy(key: JWK, jws: DetachedJws, payload: string): Promise<boolean> {
  try {
    const publicKey = await importJWK(key, SIGNING_ALGORITHM)
    const whole = {
      protected: jws.protected,
      payload: Buffer.from(payload).toString('base64url'),
      signature: jws.signature,
    }
    await flattenedVerify(whole, publicKey, { algorithms: [SIGNING_ALGORITHM] })
    return true
  } catch {
    return false
  }
}
