import { Hono, type Context as HonoContext } from 'hono'
import { mayWrite } from '../../../access/assert-may-write.ts'
import { AnswerTooLarge, newAnswer } from '../../../context/answer-size.ts'
import type { Context } from '../../../context/context.ts'
import type { ListedReleasesQueryVariables, ReleaseSemverSort, ReleaseSort } from '../../../generated/documents.ts'
import type { Project } from '../../../generated/prisma/client.ts'
import { projectUrl } from '../../../modules/projects/project-url.ts'
import type { ContextParts } from '../../../request/request-context.ts'
import { type ContextEnv, clientUrl, contextOf } from '../../hono-context.ts'
import { answerPage } from '../../rest/kit/pagination.ts'
import { toRelease } from '../../rest/releases/present-release.ts'
import { releasePage } from '../../rest/releases/release-page-documents.ts'
import { answerUnlessKnown } from '../kit/answer-unless-known.ts'
import { findReadableProject } from '../kit/find-readable.ts'
import { answerHtml } from '../kit/html-page.ts'
import { refuseOtherMethods } from '../kit/other-methods.ts'
import { toPresentPath } from '../kit/present-path.ts'
import { projectPathIn } from '../kit/project-address.ts'
import { projectNav } from '../kit/project-nav.ts'
import { numberIn, pageOfListIn } from '../kit/query-values.ts'
import { withWebContext } from '../kit/web-request.ts'
import { listedReleases, listedReleasesWithoutNotes } from './page-documents.ts'
import { listPage, type Sort, semverSorts, sorts } from './release-list-page.ts'
import { toShown } from './release-pages.ts'
import { atomFeed } from './releases-feed.ts'

const isOneOf = <Names extends object>(names: Names, text: string | undefined): text is keyof Names & string =>
  text !== undefined && Object.hasOwn(names, text)

/** Without the right to know tags an order by version is refused, as everywhere. */
function orderIn(text: string | undefined): { order: Sort; sort: ReleaseSort; semverSort: ReleaseSemverSort | null } {
  if (isOneOf(semverSorts, text)) return { order: text, sort: 'RELEASED_AT_DESC', semverSort: text }
  const sort = isOneOf(sorts, text) ? text : 'RELEASED_AT_DESC'
  return { order: sort, sort, semverSort: null }
}

/** The page without notes when it would be too large with them. */
async function pageThatFits(context: Context, asked: ListedReleasesQueryVariables) {
  try {
    return { ...(await listedReleases(context, asked)), lacksNotes: false }
  } catch (error) {
    if (!(error instanceof AnswerTooLarge)) throw error
    return { ...(await listedReleasesWithoutNotes(newAnswer(context), asked)), lacksNotes: true }
  }
}

async function html(c: HonoContext<ContextEnv>, found: Project): Promise<Response> {
  const context = contextOf(c)
  const { search = '', sort: given } = c.req.query()
  const { order, ...sorted } = orderIn(given)
  const asked = { project: found.id, number: numberIn(c, 'page'), ...sorted, search: search || null }
  const { project, lacksNotes } = await pageThatFits(context, asked)
  if (!project) return c.notFound()
  const { rows, number, hasNext } = project.page
  const url = `${projectUrl(context, found)}/-/releases`
  const pageUrl = (page: number) => {
    const query = new URLSearchParams({
      ...(search ? { search } : {}),
      ...(given ? { sort: order } : {}),
      page: `${page}`,
    })
    return `${url}?${query}`
  }
  const writes = mayWrite(context.viewer)
  const listed = {
    ...{ project: found.name, url, sort: order, search, lacksNotes },
    releases: rows.map((row) => toShown(row, { baseUrl: context.baseUrl, writes, project })),
    drafts: number === 1 && search === '' ? project.drafts : null,
    creates: project.may.creates && writes,
    readsCode: project.may.readsCode,
    next: hasNext ? pageUrl(number + 1) : null,
    previous: number > 1 ? pageUrl(number - 1) : null,
  }
  const nav = projectNav(context, found, new URL(c.req.url).pathname)
  return answerHtml(c, { title: `Releases of ${found.name}`, feed: `${url}.atom`, nav, body: listPage(listed) })
}

/** The same list as in the REST API. */
async function json(c: HonoContext<ContextEnv>, found: Project): Promise<Response> {
  const context = contextOf(c)
  const { page: number, per_page: size } = pageOfListIn(c)
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
    refuseOtherMethods(routes, `/releases${ending}`)
  }
  return routes
}
