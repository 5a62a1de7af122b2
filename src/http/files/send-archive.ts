import type { Archive } from '../../modules/archives/archive.ts'
import type { Archives, OpenArchive } from '../../modules/archives/archives.ts'
import type { SourceFormat } from '../../modules/releases/release-urls.ts'
import { isUnchanged, PRIVATE } from '../entity-tag.ts'
import { anyName } from './content-disposition.ts'

const contentTypes: Record<SourceFormat, string> = {
  zip: 'application/zip',
  'tar.gz': 'application/gzip',
  'tar.bz2': 'application/x-bzip2',
  tar: 'application/x-tar',
}

const headersOf = ({ sha, format, name, lfs }: Archive) => ({
  ...PRIVATE,
  // Contents of Git LFS may come later than the commit.
  etag: lfs ? `"${sha}.lfs-${lfs.objects}.${format}"` : `"${sha}.${format}"`,
  'content-type': contentTypes[format],
  'content-disposition': `attachment; ${anyName(`${name}.${format}`)}`,
})

/** An archive of unknown length is sent in chunks, so that a client notices when it breaks off. */
const lengthOf = (size: number | null): Record<string, string> =>
  size === null ? { 'transfer-encoding': 'chunked' } : { 'content-length': String(size) }

/** Answers with an archive, which is made now if it is not kept. */
export async function sendArchive(
  { method, headers: asked, signal }: Request,
  { archives, caller }: { archives: Archives; caller: string },
  archive: Archive,
): Promise<Response> {
  const headers = headersOf(archive)
  const { etag } = headers
  if (isUnchanged(asked.get('if-none-match') ?? undefined, etag)) {
    return new Response(null, { status: 304, headers: { ...PRIVATE, etag } })
  }
  if (method === 'HEAD') {
    const size = await archives.sizeOf(archive)
    return new Response(null, { headers: size === null ? headers : { ...headers, ...lengthOf(size) } })
  }
  let opened: OpenArchive
  try {
    opened = await archives.open(archive, { caller, signal })
  } catch (error) {
    // The client has gone, so nobody reads the answer.
    if (signal.aborted) return new Response(null)
    throw error
  }
  return new Response(opened.body, { headers: { ...headers, ...lengthOf(opened.size) } })
}
