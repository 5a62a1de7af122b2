import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { isKnown, PRIVATE } from '../entity-tag.ts'

type Representation = {
  text: string
  headers: Record<string, string>
  /** Absent when the text can change without a later date. */
  modifiedAt?: Date
}

/** The text, or 304 for a client that has the text already. Viewers who see different things have different entity tags. */
export function answerUnlessKnown(c: Context, { text, headers, modifiedAt }: Representation): Response {
  const etag = `"${createHash('sha256').update(text).digest('base64url')}"`
  const lastModified: Record<string, string> = modifiedAt ? { 'last-modified': modifiedAt.toUTCString() } : {}
  const validators = { ...PRIVATE, etag, ...lastModified }
  if (isKnown(c.req.raw.headers, { etag, modifiedAt })) return c.body(null, 304, validators)
  return c.body(text, 200, { ...headers, ...validators })
}
