import { Readable } from 'node:stream'
import type { FileStorage } from '../../storage/file-storage.ts'
import { isKnown, PRIVATE } from '../entity-tag.ts'
import { parseRange } from './byte-range.ts'

/** The columns that the rows of all kinds of uploaded files have. */
export type SentFile = { storageKey: string; size: bigint; sha256: string; createdAt: Date }

/** With `If-Range` a part is sent only to a client that has the rest of the same content. */
function rangeOf({ headers }: Request, etag: string, size: number) {
  const condition = headers.get('if-range')
  return condition === null || condition === etag ? parseRange(headers.get('range'), size) : null
}

/** Answers with the file or a part of it, and with the headers `about` it. Null when the storage has lost the file. */
export async function sendStoredFile(
  request: Request,
  storage: FileStorage,
  file: SentFile,
  about: Record<string, string>,
): Promise<Response | null> {
  const etag = `"${file.sha256}"`
  const validators = { ...PRIVATE, etag, 'last-modified': file.createdAt.toUTCString() }
  const size = Number(file.size)
  if (isKnown(request.headers, { etag, modifiedAt: file.createdAt })) {
    return new Response(null, { status: 304, headers: validators })
  }
  const range = rangeOf(request, etag, size)
  if (range === 'unsatisfiable') {
    const body = { message: `416 Range Not Satisfiable: the file has ${size} bytes` }
    return Response.json(body, { status: 416, headers: { ...PRIVATE, 'content-range': `bytes */${size}` } })
  }
  const part = range && {
    'content-range': `bytes ${range.start}-${range.end}/${size}`,
    'content-length': String(range.end - range.start + 1),
  }
  const digest = { 'repr-digest': `sha-256=:${Buffer.from(file.sha256, 'hex').toString('base64')}:` }
  const headers = {
    ...validators,
    ...digest,
    'accept-ranges': 'bytes',
    ...about,
    'content-length': String(size),
    ...part,
  }
  const answer = { status: part ? 206 : 200, headers }
  if (request.method === 'HEAD') return new Response(null, answer)
  const content = await storage.get(file.storageKey, range ?? undefined)
  // The types of the DOM and of Node mean the same thing.
  return content && new Response(Readable.toWeb(content) as ReadableStream, answer)
}
