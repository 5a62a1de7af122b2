import type { ContextParts } from '../../../request/request-context.ts'
import { windowIn } from '../kit/cursor-pages.ts'
import { sitePages } from '../kit/pages.ts'
import { exploredProjects } from './explore-documents.ts'
import { explorePage } from './explore-page.ts'

/** The projects that the viewer may read. */
export function exploreRoutes(parts: ContextParts) {
  const pages = sitePages(parts)
  pages.page('/-/explore', async ({ c, context }) => {
    const query = c.req.query()
    const { search = '', mine } = query
    const signedIn = context.viewer.user !== null
    const membership = mine !== undefined && signedIn
    const { projects } = await exploredProjects(context, { search: search || null, membership, ...windowIn(query) })
    return { title: 'Projects', body: explorePage(projects, { search, membership, signedIn }) }
  })
  return pages.routes
}
