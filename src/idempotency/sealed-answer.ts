// An answer may hold what is nowhere else stored, such as a new access token. So it is kept under lock, which only the client's token
// and key together open: neither of them is stored.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const CIPHER = 'aes-256-gcm'
/** Bytes, as the cipher wants them. */
const SIZE = { key: 32, nonce: 12, tag: 16 }

/** Keys are often easy to guess (`release-1.2.3`), tokens are not. */
export type KeyOfToken = { userId: number; token: string; key: string }

const derive = ({ userId, token, key }: KeyOfToken, purpose: string) =>
  Buffer.from(hkdfSync('sha256', JSON.stringify([token, key]), String(userId), purpose, SIZE.key))

/** What is stored of a key. */
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
