import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { isKnown, PRIVATE } from '../../entity-tag.ts'

type Representation = {
  text: string
  headers: Record<string, string>
  /** Left out when the text changes more often than the date. */
  modifiedAt?: Date
}

/** Answers with the text, or with 304 for a client that has it. Viewers who see different texts get different entity tags. */
export function answerUnlessKnown(c: Context, { text, headers, modifiedAt }: Representation): Response {
  const etag = `"${createHash('sha256').update(text).digest('base64url')}"`
  const lastModified: Record<string, string> = modifiedAt ? { 'last-modified': modifiedAt.toUTCString() } : {}
  const validators = { ...PRIVATE, etag, ...lastModified }
  if (isKnown(c.req.raw.headers, { etag, modifiedAt })) return c.body(null, 304, validators)
  return c.body(text, 200, { ...headers, ...validators })
}
