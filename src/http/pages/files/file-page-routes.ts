import { basename } from 'node:path'
import { Hono, type Context as HonoContext } from 'hono'
import { can } from '../../../access/abilities.ts'
import type { Project } from '../../../generated/prisma/client.ts'
import { findProject } from '../../../modules/projects/find-project.ts'
import type { ContextParts } from '../../../request/request-context.ts'
import { isKnown, PRIVATE } from '../../entity-tag.ts'
import { inline } from '../../files/content-disposition.ts'
import { FILE_POLICY, mediaType } from '../../files/send-upload.ts'
import { type ContextEnv, contextOf } from '../../hono-context.ts'
import { type FileContent, findContent } from '../../rest/repository/repository-files.ts'
import { isText } from '../../rest/repository/send-repository-file.ts'
import { answerHtml } from '../kit/html-page.ts'
import { toPresentPath } from '../kit/present-path.ts'
import { projectPathIn } from '../kit/project-address.ts'
import { segmentsBehind, withWebContext } from '../kit/web-request.ts'
import { filePage } from './file-page.ts'

type Found = FileContent & { project: Project; ref: string; path: string }

/** The slashes of the ref are encoded, as in every URL that the server gives. Hidden and missing files answer alike. */
async function findFileIn(c: HonoContext<ContextEnv>, area: 'blob' | 'raw'): Promise<Found | null> {
  const context = contextOf(c)
  const [ref = '', ...path] = segmentsBehind(c, area)
  const project = await findProject(context, projectPathIn(c))
  if (!project || !can(context.viewer, 'code:read', project)) return null
  const asked = { ref, path: path.join('/') }
  const found = await findContent(context, project, asked)
  return found && { ...found, ...asked, project }
}

/** A browser shows pictures, and takes nothing for a page. */
function sendRaw(c: HonoContext<ContextEnv>, { id, content, path }: Found): Response {
  const validators = { ...PRIVATE, etag: `"${id}"` }
  if (isKnown(c.req.raw.headers, { etag: `"${id}"` })) return c.body(null, 304, validators)
  return c.body(new Uint8Array(content), 200, {
    ...validators,
    'content-type': mediaType(path) ?? (isText(content) ? 'text/plain; charset=utf-8' : 'application/octet-stream'),
    'content-disposition': inline(basename(path)),
    'content-security-policy': FILE_POLICY,
    'x-content-type-options': 'nosniff',
  })
}

/** A file of the repository: its bytes, and a page that shows it. */
export const fileRoutes = (parts: ContextParts) =>
  new Hono<ContextEnv>()
    .get('/raw/:rest{.+}', withWebContext(parts), toPresentPath, async (c) => {
      const found = await findFileIn(c, 'raw')
      return found ? sendRaw(c, found) : c.notFound()
    })
    .get('/blob/:rest{.+}', withWebContext(parts), toPresentPath, async (c) => {
      const found = await findFileIn(c, 'blob')
      if (!found) return c.notFound()
      return answerHtml(c, {
        title: `${found.path} of ${found.project.name}`,
        body: await filePage(contextOf(c), found),
      })
    })
