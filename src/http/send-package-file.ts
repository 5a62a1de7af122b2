import { Readable } from 'node:stream'
import type { PackageFile } from '../generated/prisma/client.ts'
import type { FileStorage } from '../modules/storage/file-storage.ts'
import { parseRange } from './byte-range.ts'
import { attachment } from './content-disposition.ts'
import { isUnchanged, PRIVATE } from './entity-tag.ts'

/** Whatever was uploaded: nothing of it may run as a page of ours. */
const headersOf = ({ fileName, sha256 }: PackageFile) => ({
  ...PRIVATE,
  etag: `"${sha256}"`,
  'x-checksum-sha256': sha256,
  'repr-digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`,
  'accept-ranges': 'bytes',
  'content-type': 'application/octet-stream',
  // Without the folders that it is in: whoever saves it chooses one.
  'content-disposition': attachment(fileName.slice(fileName.lastIndexOf('/') + 1)),
})

/** A part is only of use to who has the rest of the same content. */
function rangeOf({ headers }: Request, etag: string, size: number) {
  const condition = headers.get('if-range')
  return condition === null || condition === etag ? parseRange(headers.get('range'), size) : null
}

/** The file or a part of it; null when the storage has lost it. */
export async function sendPackageFile(
  request: Request,
  storage: FileStorage,
  file: PackageFile,
): Promise<Response | null> {
  const headers = headersOf(file)
  const size = Number(file.size)
  if (isUnchanged(request.headers.get('if-none-match') ?? undefined, headers.etag)) {
    return new Response(null, { status: 304, headers: { ...PRIVATE, etag: headers.etag } })
  }
  const range = rangeOf(request, headers.etag, size)
  if (range === 'unsatisfiable') {
    const body = { message: `416 Range Not Satisfiable: the file has ${size} bytes` }
    return Response.json(body, { status: 416, headers: { ...PRIVATE, 'content-range': `bytes */${size}` } })
  }
  const part = range && {
    'content-range': `bytes ${range.start}-${range.end}/${size}`,
    'content-length': String(range.end - range.start + 1),
  }
  const answer = { status: part ? 206 : 200, headers: { ...headers, 'content-length': String(size), ...part } }
  if (request.method === 'HEAD') return new Response(null, answer)
  const content = await storage.get(file.storageKey, range ?? undefined)
  // The DOM's type and node's name the same thing.
  return content && new Response(Readable.toWeb(content) as ReadableStream, answer)
}
