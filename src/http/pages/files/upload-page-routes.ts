import { Hono, type Context as HonoContext } from 'hono'
import { findProject, findProjectByIdOrPath } from '../../../modules/projects/find-project.ts'
import { findUpload } from '../../../modules/uploads/find-upload.ts'
import { sendUpload } from '../../files/send-upload.ts'
import { type ContextEnv, contextOf } from '../../hono-context.ts'
import type { RestParts } from '../../rest/rest-routes.ts'
import { presentPage } from '../kit/present-path.ts'
import { withWebContext } from '../kit/web-request.ts'

const UPLOAD = '/uploads/:secret{[0-9a-f]{32}}/:fileName'
/** The URL in rendered notes. It stays valid when the project is renamed or moved. */
const BY_NUMBER = `/-/project/:id{[0-9]{1,9}}${UPLOAD}`
/** The URL in older links. */
const BY_PATH = `/:path{.+}${UPLOAD}`

/** Files that notes show or link to, for everybody who may read the project. Hidden and missing files answer alike. */
export function uploadRoutes(parts: RestParts): Hono<ContextEnv> {
  const send = async (c: HonoContext<ContextEnv>, project: Awaited<ReturnType<typeof findProject>>) => {
    const { secret = '', fileName = '' } = c.req.param()
    const upload = project && (await findUpload(project, { secret, fileName }))
    return (upload && (await sendUpload(c.req.raw, parts.storage, upload))) ?? c.notFound()
  }
  return new Hono<ContextEnv>()
    .get(BY_NUMBER, withWebContext(parts), async (c) =>
      send(c, await findProjectByIdOrPath(contextOf(c), c.req.param('id'))),
    )
    .get(BY_PATH, withWebContext(parts), async (c) => {
      const asked = c.req.param('path')
      const present = await presentPage(c, { asked, rest: /\/uploads\/[0-9a-f]{32}\/[^/]+$/ })
      return present ?? send(c, await findProject(contextOf(c), asked))
    })
}
