import { Hono } from 'hono'
import { callerOf } from '../../../access/caller.ts'
import { parseArchiveFile } from '../../../modules/archives/archive-formats.ts'
import type { Archives } from '../../../modules/archives/archives.ts'
import { findArchive } from '../../../modules/archives/find-archive.ts'
import type { ContextParts } from '../../../request/request-context.ts'
import { sendArchive } from '../../files/send-archive.ts'
import { type ContextEnv, contextOf } from '../../hono-context.ts'
import { toPresentPath } from '../kit/present-path.ts'
import { projectPathIn } from '../kit/project-address.ts'
import { segmentsBehind, withWebContext } from '../kit/web-request.ts'

export type ArchiveParts = ContextParts & { archives: Archives }

/** Source archives of tags, branches and commits, at the URLs that `assets.sources` names. */
export const archiveRoutes = ({ archives, ...parts }: ArchiveParts) =>
  new Hono<ContextEnv>().get('/archive/:rest{.+}', withWebContext(parts), toPresentPath, async (c) => {
    const segments = segmentsBehind(c, 'archive')
    const file = parseArchiveFile(segments.pop() ?? '')
    if (!file) return c.notFound()
    const { path, append_sha } = c.req.query()
    const context = contextOf(c)
    const archive = await findArchive(context, projectPathIn(c), {
      // A single segment is the ref.
      ref: segments.length > 0 ? segments.join('/') : file.name,
      requestedName: segments.length > 0 ? file.name : null,
      format: file.format,
      path: path ?? '',
      // The value does not matter, as in GitLab.
      appendSha: append_sha !== undefined || null,
    })
    return archive ? sendArchive(c.req.raw, { archives, caller: callerOf(context) }, archive) : c.notFound()
  })
