import { Hono, type Context as HonoContext, type MiddlewareHandler } from 'hono'
import { can } from '../../../access/abilities.ts'
import { isNobody } from '../../../access/viewer.ts'
import { findPackageFileById } from '../../../modules/packages/find-packages.ts'
import { findProject } from '../../../modules/projects/find-project.ts'
import { PACKAGES_CHALLENGE } from '../../basic-credentials.ts'
import { sendPackageFile } from '../../files/send-package-file.ts'
import type { ContextEnv } from '../../hono-context.ts'
import { contextOf } from '../../hono-context.ts'
import type { RestParts } from '../../rest/rest-routes.ts'
import { toPresentPath } from '../kit/present-path.ts'
import { projectPathIn } from '../kit/project-address.ts'
import { withWebContext } from '../kit/web-request.ts'

/** The URL by which release tools link to files that they have uploaded. */
const DOWNLOAD = '/package_files/:id{[0-9]{1,9}}/download'

/** An answer with 401 says how to sign in. */
const challenging: MiddlewareHandler = async (c, next) => {
  await next()
  if (c.res.status !== 401) return
  for (const [name, value] of Object.entries(PACKAGES_CHALLENGE)) c.header(name, value)
}

async function download(c: HonoContext<ContextEnv>, { storage }: RestParts): Promise<Response> {
  const [context, { id }] = [contextOf(c), c.req.param()]
  const project = await findProject(context, projectPathIn(c))
  if (!project || !can(context.viewer, 'code:read', project)) {
    // Tools send their credential when they are asked for it.
    return isNobody(context.viewer) ? c.json({ message: '401 Unauthorized' }, 401) : c.notFound()
  }
  const file = await findPackageFileById(project, Number(id))
  return (file && (await sendPackageFile(c.req.raw, storage, file))) ?? c.notFound()
}

/** A file of a package by its number. Hidden and missing files answer alike. */
export const packageFileRoutes = (parts: RestParts) =>
  new Hono<ContextEnv>().get(DOWNLOAD, challenging, withWebContext(parts, { basic: true }), toPresentPath, (c) =>
    download(c, parts),
  )
