import { basename } from 'node:path'
import type { Context as HonoContext } from 'hono'
import { can } from '../../../access/abilities.ts'
import { isText } from '../../../git/blobs.ts'
import { findProject } from '../../../modules/projects/find-project.ts'
import { assertNotTooLarge, type FoundFile, MAX_FILE_BYTES, readFile } from '../../../modules/repository/read-files.ts'
import type { ContextParts } from '../../../request/request-context.ts'
import { isKnown, PRIVATE } from '../../entity-tag.ts'
import { inline } from '../../files/content-disposition.ts'
import { FILE_POLICY, mediaType } from '../../files/send-upload.ts'
import { type ContextEnv, contextOf } from '../../hono-context.ts'
import type { Page } from '../kit/layout.ts'
import { type AskedOfProject, projectPages } from '../kit/pages.ts'
import { toPresentPath } from '../kit/present-path.ts'
import { projectPathIn } from '../kit/project-address.ts'
import { segmentsBehind, withWebContext } from '../kit/web-request.ts'
import { oneFile } from '../repository/code-documents.ts'
import { orNull } from '../repository/ref-address.ts'
import { filePage } from './file-page.ts'

/** The slashes of the ref are encoded, as in every URL that the server gives. */
function fileIn(c: HonoContext<ContextEnv>, area: 'blob' | 'raw') {
  const [ref = '', ...path] = segmentsBehind(c, area)
  return { ref, path: path.join('/') }
}

/** Hidden and missing files answer alike. */
async function findRaw(c: HonoContext<ContextEnv>): Promise<FoundFile | null> {
  const context = contextOf(c)
  const asked = fileIn(c, 'raw')
  const project = await findProject(context, projectPathIn(c))
  if (!project || !can(context.viewer, 'code:read', project)) return null
  return readFile(context, project, { ...asked, most: MAX_FILE_BYTES }).catch(orNull)
}

/** A browser shows pictures, and takes nothing for a page. */
function sendRaw(c: HonoContext<ContextEnv>, { id, size, content, path }: FoundFile): Response {
  assertNotTooLarge(size)
  if (!content) return c.notFound() as Response
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

async function show({ c, context, project }: AskedOfProject): Promise<Page | null> {
  const { ref, path } = fileIn(c, 'blob')
  const file = (await oneFile(context, { project: project.id, ref, filePath: path })).project?.repository?.file
  return file ? { title: `${file.path} of ${project.name}`, body: await filePage(context, project, file) } : null
}

/** A file of the repository: its bytes, and a page that shows it. */
export function fileRoutes(parts: ContextParts) {
  const pages = projectPages(parts)
  pages.page('/blob/:rest{.+}', (asked) => show(asked).catch(orNull))
  return pages.routes.get('/raw/:rest{.+}', withWebContext(parts), toPresentPath, async (c) => {
    const found = await findRaw(c)
    return found ? sendRaw(c, found) : c.notFound()
  })
}
