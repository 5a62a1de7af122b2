import { Hono } from 'hono'
import { findPackageFileById } from '../../modules/packages/find-packages.ts'
import type { ContextEnv } from '../hono-context.ts'
import { contextOf } from '../hono-context.ts'
import type { RestParts } from '../rest/rest-routes.ts'
import { sendPackageFile } from '../send-package-file.ts'
import { projectPathIn } from './project-address.ts'
import { withWebContext } from './web-request.ts'

/** Where release tools link to what they have uploaded. */
const DOWNLOAD = '/package_files/:id{[0-9]{1,9}}/download'

/** A file of a package by its number. Whatever is hidden is answered as what is missing. */
export const packageFileRoutes = (parts: RestParts) =>
  new Hono<ContextEnv>().get(DOWNLOAD, withWebContext(parts), async (c) => {
    const { id } = c.req.param()
    const file = await findPackageFileById(contextOf(c), projectPathIn(c), Number(id))
    return (file && (await sendPackageFile(c.req.raw, parts.storage, file))) ?? c.notFound()
  })
