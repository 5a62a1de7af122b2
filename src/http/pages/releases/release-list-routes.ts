import { Hono, type Context as HonoContext } from 'hono'
import { AnswerTooLarge, newAnswer } from '../../../context/answer-size.ts'
import type { Context } from '../../../context/context.ts'
import { invalid } from '../../../foundation/errors.ts'
import type { ReleasePageQueryVariables } from '../../../generated/documents.ts'
import type { Project } from '../../../generated/prisma/client.ts'
import { projectUrl } from '../../../modules/projects/project-url.ts'
import type { ContextParts } from '../../../request/request-context.ts'
import { type ContextEnv, clientUrl, contextOf } from '../../hono-context.ts'
import { answerPage } from '../../rest/kit/pagination.ts'
import { toRelease } from '../../rest/releases/present-release.ts'
import { releasePage, releasePageWithoutNotes } from '../../rest/releases/release-page-documents.ts'
import { answerUnlessKnown } from '../kit/answer-unless-known.ts'
import { findReadableProject } from '../kit/find-readable.ts'
import { answerHtml } from '../kit/html-page.ts'
import { toPresentPath } from '../kit/present-path.ts'
import { projectPathIn } from '../kit/project-address.ts'
import { projectNav } from '../kit/project-nav.ts'
import { withWebContext } from '../kit/web-request.ts'
import { listPage, type Sort, sorts } from './release-list-page.ts'
import { atomFeed } from './releases-feed.ts'

function numberIn(c: HonoContext<ContextEnv>, name: string): number | undefined {
  const text = c.req.query(name)
  if (!text) return undefined
  if (!/^[1-9]\d{0,8}$/.test(text)) throw invalid(`"${name}" must be a whole number from 1`)
  return Number(text)
}

const isSort = (text: string | undefined): text is Sort => text !== undefined && Object.hasOwn(sorts, text)

/** The page without notes when it would be too large with them. */
async function pageThatFits(context: Context, asked: ReleasePageQueryVariables) {
  try {
    const page = await releasePage({ include_html_description: true, waybill: true })(context, asked)
    return { ...page, lacksNotes: false }
  } catch (error) {
    if (!(error instanceof AnswerTooLarge)) throw error
    return { ...(await releasePageWithoutNotes(newAnswer(context), asked)), lacksNotes: true }
  }
}

async function html(c: HonoContext<ContextEnv>, found: Project): Promise<Response> {
  const context = contextOf(c)
  const { search = '', sort: order } = c.req.query()
  const sort = isSort(order) ? order : 'RELEASED_AT_DESC'
  const asked = { project: found.id, number: numberIn(c, 'page'), sort, search: search || null }
  const { project, lacksNotes } = await pageThatFits(context, asked)
  if (!project) return c.notFound()
  const { rows, number, hasNext } = project.page
  const url = `${projectUrl(context, found)}/-/releases`
  const pageUrl = (page: number) => {
    const query = new URLSearchParams({ ...(search ? { search } : {}), ...(order ? { sort } : {}), page: `${page}` })
    return `${url}?${query}`
  }
  const listed = {
    ...{ project: found.name, feed: `${url}.atom`, sort, search, lacksNotes },
    releases: rows.map(toRelease),
    next: hasNext ? pageUrl(number + 1) : null,
    previous: number > 1 ? pageUrl(number - 1) : null,
  }
  const nav = projectNav(context, found)
  return answerHtml(c, { title: `Releases of ${found.name}`, feed: listed.feed, nav, body: listPage(listed) })
}

/** The same list as in the REST API. */
async function json(c: HonoContext<ContextEnv>, found: Project): Promise<Response> {
  const context = contextOf(c)
  const [number, size] = [numberIn(c, 'page'), numberIn(c, 'per_page')]
  const { project } = await releasePage({})(context, { project: found.id, number, size, sort: 'RELEASED_AT_DESC' })
  if (!project) return c.notFound()
  const response = await answerPage({ context, url: clientUrl(c, context.baseUrl) }, project.page, toRelease)
  return answerUnlessKnown(c, { text: await response.text(), headers: Object.fromEntries(response.headers) })
}

async function atom(c: HonoContext<ContextEnv>, project: Project): Promise<Response> {
  const text = await atomFeed(contextOf(c), project)
  const headers = { 'content-type': 'application/atom+xml; charset=utf-8' }
  // Every change of a release also changes the date of its project.
  return answerUnlessKnown(c, { text, headers, modifiedAt: project.updatedAt })
}

/** The releases of a project: a page for people, REST's list, and a feed. */
export function releaseListRoutes(parts: ContextParts) {
  const routes = new Hono<ContextEnv>()
  for (const [ending, answer] of Object.entries({ '': html, '.json': json, '.atom': atom })) {
    routes.get(`/releases${ending}`, withWebContext(parts), toPresentPath, async (c) => {
      const project = await findReadableProject(contextOf(c), projectPathIn(c))
      return project ? answer(c, project) : c.notFound()
    })
  }
  return routes
}
