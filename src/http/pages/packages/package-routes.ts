import { can } from '../../../access/abilities.ts'
import { projectUrl } from '../../../modules/projects/project-url.ts'
import type { ContextParts } from '../../../request/request-context.ts'
import { projectPages } from '../kit/pages.ts'
import { numberIn } from '../kit/query-values.ts'
import { listedPackages, shownPackage } from './package-documents.ts'
import { packageListPage, packagePage } from './package-page.ts'

/** The packages of a project, and one with its files. */
export function packageRoutes(parts: ContextParts) {
  const pages = projectPages(parts)
  pages.page('/packages', async ({ c, context, project: found }) => {
    if (!can(context.viewer, 'code:read', found)) return null
    const { search = '' } = c.req.query()
    const asked = { project: found.id, number: numberIn(c, 'page'), search: search || null }
    const { project } = await listedPackages(context, asked)
    if (!project) return null
    const [name, url] = [found.name, `${projectUrl(context, found)}/-/packages`]
    return {
      title: `Packages of ${name}`,
      body: packageListPage({ name, url, search, packages: project.packagePage }),
    }
  })
  pages.page('/packages/:package{[0-9]{1,9}}', async ({ c, context, project: found }) => {
    const asked = { project: found.id, package: Number(c.req.param('package')), number: numberIn(c, 'page') }
    const shown = (await shownPackage(context, asked)).project?.package
    const url = `${projectUrl(context, found)}/-/packages`
    return shown ? { title: shown.name, body: packagePage({ shown, url }) } : null
  })
  return pages.routes
}
