import { Hono, type Context as HonoContext } from 'hono'
import type { ContextParts } from '../../request/request-context.ts'
import { type ContextEnv, contextOf } from '../hono-context.ts'
import { explorePage } from './explore-page.ts'
import { answerHtml } from './html-page.ts'
import { exploredProjects } from './page-documents.ts'
import { withWebContext } from './web-request.ts'

const PAGE_SIZE = 20

async function explore(c: HonoContext<ContextEnv>): Promise<Response> {
  const context = contextOf(c)
  const { search, before, after, mine } = c.req.query()
  const page = before ? { last: PAGE_SIZE, before } : { first: PAGE_SIZE, after: after || null }
  const membership = mine !== undefined && context.viewer.user !== null
  const { projects } = await exploredProjects(context, { search: search || null, membership, ...page })
  const body = explorePage(projects, { search: search ?? '', membership, signedIn: context.viewer.user !== null })
  return answerHtml(c, { title: 'Projects', body })
}

/** The projects that the viewer may read. */
export const exploreRoutes = (parts: ContextParts) =>
  new Hono<ContextEnv>().get('/-/explore', withWebContext(parts), explore)
