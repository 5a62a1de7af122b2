import { type Context, Hono } from 'hono'
import { callerOf } from '../../modules/access/caller.ts'
import type { Archive } from '../../modules/archives/archive.ts'
import type { Archives, OpenArchive } from '../../modules/archives/archives.ts'
import { findArchive } from '../../modules/archives/find-archive.ts'
import { type SourceFormat, sourceFormats } from '../../modules/releases/release-urls.ts'
import { isUnchanged, PRIVATE } from '../entity-tag.ts'
import { type ContextEnv, contextOf } from '../hono-context.ts'
import type { ContextParts } from '../request-context.ts'
import { projectPathIn } from './project-address.ts'
import { segmentsBehind, withWebContext } from './web-request.ts'

export type ArchiveParts = ContextParts & { archives: Archives }

const contentTypes: Record<SourceFormat, string> = {
  zip: 'application/zip',
  'tar.gz': 'application/gzip',
  'tar.bz2': 'application/x-bzip2',
  tar: 'application/x-tar',
}

/** What encodeURIComponent leaves, and RFC 8187 does not allow. */
const percent = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`

function disposition(fileName: string): string {
  const plain = fileName.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  const exact = encodeURIComponent(fileName).replace(/['()*]/g, percent)
  return `attachment; filename="${plain}"; filename*=UTF-8''${exact}`
}

const headersOf = ({ sha, format, name }: Archive) => ({
  ...PRIVATE,
  etag: `"${sha}.${format}"`,
  'content-type': contentTypes[format],
  'content-disposition': disposition(`${name}.${format}`),
})

/** One of unknown length must not be taken for whole where it breaks off: in chunks the client sees that. */
const lengthOf = (size: number | null): Record<string, string> =>
  size === null ? { 'transfer-encoding': 'chunked' } : { 'content-length': String(size) }

async function send(c: Context<ContextEnv>, archives: Archives, archive: Archive): Promise<Response> {
  const headers = headersOf(archive)
  const { etag } = headers
  if (isUnchanged(c.req.header('if-none-match'), etag)) return c.body(null, 304, { ...PRIVATE, etag })
  if (c.req.method === 'HEAD') {
    const size = await archives.sizeOf(archive)
    return c.body(null, 200, size === null ? headers : { ...headers, ...lengthOf(size) })
  }
  const { signal } = c.req.raw
  let opened: OpenArchive
  try {
    opened = await archives.open(archive, { caller: callerOf(contextOf(c)), signal })
  } catch (error) {
    // Nobody is there to read an answer.
    if (signal.aborted) return c.body(null)
    throw error
  }
  return c.body(opened.body, 200, { ...headers, ...lengthOf(opened.size) })
}

/** Source archives of tags, branches and commits, at the URLs that `assets.sources` names. */
export const archiveRoutes = ({ archives, ...parts }: ArchiveParts) =>
  new Hono<ContextEnv>().get('/archive/:rest{.+}', withWebContext(parts), async (c) => {
    const segments = segmentsBehind(c, 'archive')
    const file = segments.pop() ?? ''
    const format = sourceFormats.find((ending) => file.endsWith(`.${ending}`))
    if (!format || segments.length === 0) return c.notFound()
    const wanted = { projectPath: projectPathIn(c), ref: segments.join('/'), format }
    const archive = await findArchive(contextOf(c), wanted)
    return archive ? send(c, archives, archive) : c.notFound()
  })
