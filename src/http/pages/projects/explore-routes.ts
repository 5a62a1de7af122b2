import type { ContextParts } from '../../../request/request-context.ts'
import { sitePages } from '../kit/pages.ts'
import { exploredProjects } from './explore-documents.ts'
import { explorePage } from './explore-page.ts'

const PAGE_SIZE = 20

/** The projects that the viewer may read. */
export function exploreRoutes(parts: ContextParts) {
  const pages = sitePages(parts)
  pages.page('/-/explore', async ({ c, context }) => {
    const { search = '', before, after, mine } = c.req.query()
    const signedIn = context.viewer.user !== null
    const membership = mine !== undefined && signedIn
    const page = before ? { last: PAGE_SIZE, before } : { first: PAGE_SIZE, after: after || null }
    const { projects } = await exploredProjects(context, { search: search || null, membership, ...page })
    return { title: 'Projects', body: explorePage(projects, { search, membership, signedIn }) }
  })
  return pages.routes
}
