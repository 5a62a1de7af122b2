import type { ContextParts } from '../../../request/request-context.ts'
import { windowIn } from '../kit/cursor-pages.ts'
import { type Asked, sitePages } from '../kit/pages.ts'
import { exploredGroups, exploredProjects } from './explore-documents.ts'
import { type Explored, exploreGroupsPage, explorePage } from './explore-page.ts'

const PATH = '/-/explore'

function askedIn({ c, context }: Asked): Explored {
  const { search = '', mine } = c.req.query()
  const signedIn = context.viewer.user !== null
  return { root: context.baseUrl + PATH, search, signedIn, mine: mine !== undefined && signedIn }
}

/** The projects and the groups that the viewer may read. */
export function exploreRoutes(parts: ContextParts) {
  const pages = sitePages(parts)
  pages.page(PATH, async (asked) => {
    const explored = askedIn(asked)
    const filter = { search: explored.search || null, membership: explored.mine }
    const { projects } = await exploredProjects(asked.context, { ...filter, ...windowIn(asked.c.req.query()) })
    return { title: 'Projects', body: explorePage(projects, explored) }
  })
  pages.page(`${PATH}/groups`, async (asked) => {
    const explored = askedIn(asked)
    const filter = { search: explored.search || null, all: !explored.mine }
    const { groups } = await exploredGroups(asked.context, { ...filter, ...windowIn(asked.c.req.query()) })
    return { title: 'Groups', body: exploreGroupsPage(groups, explored) }
  })
  return pages.routes
}
