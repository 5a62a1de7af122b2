import { createHmac, timingSafeEqual } from 'node:crypto'

/** The token of the forms of a session. It follows from the secret of the session, which no page can read. */
export const formTokenOf = (secret: string): string => createHmac('sha256', secret).update('form').digest('base64url')

export function isFormToken(given: unknown, secret: string): boolean {
  const expected = Buffer.from(formTokenOf(secret))
  const sent = Buffer.from(typeof given === 'string' ? given : '')
  return sent.length === expected.length && timingSafeEqual(sent, expected)
}
