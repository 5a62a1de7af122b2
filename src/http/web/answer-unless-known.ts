import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { isUnchanged, PRIVATE } from '../entity-tag.ts'

type Representation = {
  text: string
  headers: Record<string, string>
  /** Left out where more changes the text than the date tells. */
  modifiedAt?: Date
}

const inSeconds = (milliseconds: number) => Math.floor(milliseconds / 1000)

/** RFC 9110, 13.2.2: the date counts only for clients that know no entity tag. */
function isKnown(c: Context, etag: string, modifiedAt: Date | undefined): boolean {
  const ifNoneMatch = c.req.header('if-none-match')
  if (ifNoneMatch !== undefined) return isUnchanged(ifNoneMatch, etag)
  const since = Date.parse(c.req.header('if-modified-since') ?? '')
  return modifiedAt !== undefined && inSeconds(modifiedAt.getTime()) <= inSeconds(since)
}

/** The text, or 304 for a client that has it. Two viewers who see different things have different entity tags. */
export function answerUnlessKnown(c: Context, { text, headers, modifiedAt }: Representation): Response {
  const etag = `"${createHash('sha256').update(text).digest('base64url')}"`
  const lastModified: Record<string, string> = modifiedAt ? { 'last-modified': modifiedAt.toUTCString() } : {}
  const validators = { ...PRIVATE, etag, ...lastModified }
  if (isKnown(c, etag, modifiedAt)) return c.body(null, 304, validators)
  return c.body(text, 200, { ...headers, ...validators })
}
