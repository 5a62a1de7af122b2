import { Hono, type Context as HonoContext } from 'hono'
import { AnswerTooLarge, newAnswer } from '../../context/answer-size.ts'
import type { Context } from '../../context/context.ts'
import { invalid } from '../../foundation/errors.ts'
import { Prisma, type Project, type Release } from '../../generated/prisma/client.ts'
import { projectUrl } from '../../modules/projects/project-url.ts'
import { type ReleaseNode, releaseColumns } from '../../modules/releases/release-loaders.ts'
import { projectOrders } from '../../modules/releases/release-orders.ts'
import type { ContextParts } from '../../request/request-context.ts'
import { type PageInput, readPage, sortedBy } from '../../rows/numbered-page.ts'
import { type ContextEnv, clientUrl, contextOf } from '../hono-context.ts'
import { answerPage } from '../rest/kit/pagination.ts'
import { presentRelease } from '../rest/releases/present-release.ts'
import { answerUnlessKnown } from './answer-unless-known.ts'
import { findReadableProject } from './find-readable.ts'
import { answerHtml } from './html-page.ts'
import { projectPathIn } from './project-address.ts'
import { listPage } from './release-pages.ts'
import { atomFeed } from './releases-feed.ts'
import { withWebContext } from './web-request.ts'

function numberIn(c: HonoContext<ContextEnv>, name: string): number | undefined {
  const text = c.req.query(name)
  if (!text) return undefined
  if (!/^[1-9]\d{0,8}$/.test(text)) throw invalid(`"${name}" must be a whole number from 1`)
  return Number(text)
}

/** The newest first, as REST has them. */
async function readReleases(project: Project, input: PageInput) {
  const page = await readPage<Release>(
    {
      statement: 'web.releases',
      columns: releaseColumns,
      from: Prisma.sql`releases r`,
      where: Prisma.sql`r.project_id = ${project.id}`,
      orderBy: sortedBy(projectOrders.RELEASED_AT_DESC),
      count: project.releasesCount,
    },
    input,
  )
  return { ...page, rows: page.rows.map((release) => ({ ...release, project })) }
}

async function html(c: HonoContext<ContextEnv>, project: Project): Promise<Response> {
  const context = contextOf(c)
  const { rows, number, hasNext } = await readReleases(project, { page: numberIn(c, 'page') })
  const url = `${projectUrl(context, project)}/-/releases`
  const other = {
    ...(hasNext ? { older: `${url}?page=${number + 1}` } : {}),
    ...(number > 1 ? { newer: `${url}?page=${number - 1}` } : {}),
  }
  const shown = await Promise.all(rows.map((release) => presentRelease(context, release, { notes: false })))
  const body = listPage(project.name, shown, other)
  return answerHtml(c, { title: `Releases of ${project.name}`, feed: `${url}.atom`, body })
}

async function json(c: HonoContext<ContextEnv>, project: Project): Promise<Response> {
  const context = contextOf(c)
  const page = await readReleases(project, { page: numberIn(c, 'page'), per_page: numberIn(c, 'per_page') })
  const asked = { context, url: clientUrl(c, context.baseUrl) }
  const response = await answerPage(asked, page, (release, ofRow) => presentRelease(ofRow, release))
  return answerUnlessKnown(c, { text: await response.text(), headers: Object.fromEntries(response.headers) })
}

/** Readers cannot ask for fewer entries: of notes that are very long as many are given as fit. */
async function feedOfNewest(context: Context, project: Project, releases: readonly ReleaseNode[]): Promise<string> {
  const fresh = newAnswer(context)
  try {
    return await atomFeed(fresh, project, releases)
  } catch (error) {
    const rows = error instanceof AnswerTooLarge ? error.suggestions[0]?.rows : undefined
    if (rows === undefined) throw error
    return atomFeed(newAnswer(context), project, releases.slice(0, rows))
  }
}

async function atom(c: HonoContext<ContextEnv>, project: Project): Promise<Response> {
  const { rows } = await readReleases(project, {})
  const text = await feedOfNewest(contextOf(c), project, rows)
  const headers = { 'content-type': 'application/atom+xml; charset=utf-8' }
  // Every change of a release is one of its project.
  return answerUnlessKnown(c, { text, headers, modifiedAt: project.updatedAt })
}

/** The releases of a project: a page for people, REST's list, and a feed. */
export function releaseListRoutes(parts: ContextParts) {
  const routes = new Hono<ContextEnv>()
  for (const [ending, answer] of Object.entries({ '': html, '.json': json, '.atom': atom })) {
    routes.get(`/releases${ending}`, withWebContext(parts), async (c) => {
      const project = await findReadableProject(contextOf(c), projectPathIn(c))
      return project ? answer(c, project) : c.notFound()
    })
  }
  return routes
}
