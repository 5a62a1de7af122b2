// Encrypts kept answers, because an answer may hold a secret that is stored nowhere else, such as a new access token. The
// encryption key is derived from the client's token and key, which are not stored.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const CIPHER = 'aes-256-gcm'
/** The sizes in bytes that the cipher needs. */
const SIZE = { key: 32, nonce: 12, tag: 16 }

/** A client's key with its token, because keys are often easy to guess (`release-1.2.3`) and tokens are not. */
export type KeyOfToken = { userId: number; token: string; key: string }

const derive = ({ userId, token, key }: KeyOfToken, purpose: string) =>
  Buffer.from(hkdfSync('sha256', JSON.stringify([token, key]), String(userId), purpose, SIZE.key))

/** The database stores this name in place of the key. */
export const nameOf = (key: KeyOfToken): string => derive(key, 'name').toString('hex')

export function sealAnswer(key: KeyOfToken, answer: string): Uint8Array<ArrayBuffer> {
  const nonce = randomBytes(SIZE.nonce)
  const cipher = createCipheriv(CIPHER, derive(key, 'answer'), nonce)
  return Uint8Array.from(Buffer.concat([nonce, cipher.update(answer, 'utf8'), cipher.final(), cipher.getAuthTag()]))
}

export function openAnswer(key: KeyOfToken, sealed: Uint8Array): string {
  const decipher = createDecipheriv(CIPHER, derive(key, 'answer'), sealed.subarray(0, SIZE.nonce))
  decipher.setAuthTag(sealed.subarray(-SIZE.tag))
  return Buffer.concat([decipher.update(sealed.subarray(SIZE.nonce, -SIZE.tag)), decipher.final()]).toString('utf8')
}
