import { html } from 'hono/html'
import type { ContextParts } from '../../../request/request-context.ts'
import { uncountedPage } from '../../../rows/numbered-page.ts'
import { diffsOfCommit } from '../../rest/repository/commit-neighbour-routes.ts'
import { getCommit, listCommits } from '../../rest/repository/commit-routes.ts'
import { readComparison } from '../../rest/repository/compare-routes.ts'
import { shaOf } from '../../rest/repository/repository-reads.ts'
import type { Page } from '../kit/layout.ts'
import { byNumber, pageLinks } from '../kit/page-links.ts'
import { type AskedOfProject, projectPages } from '../kit/pages.ts'
import { numberIn } from '../kit/query-values.ts'
import { segmentsBehind } from '../kit/web-request.ts'
import { changes, commitItems, commitList, commitPage } from './commit-pages.ts'
import { areaUrl, orNull, refAndPathIn } from './ref-address.ts'
import { tagsAt } from './ref-documents.ts'

const urlOf =
  ({ context, project }: AskedOfProject) =>
  (sha: string): string =>
    areaUrl(context, project, 'commit', sha)

async function showCommits(asked: AskedOfProject): Promise<Page | null> {
  const { c, context, project } = asked
  const found = await refAndPathIn(asked, 'commits')
  if (!found) return null
  const { ref, sha, path } = found
  const page = await uncountedPage({ page: numberIn(c, 'page') }, async (place) => {
    const { commits, hasNext } = await listCommits(context, project, { from: [sha], path }, place)
    return { rows: commits.map((commit) => ({ ...commit, project })), hasNext }
  })
  const pages = pageLinks({}, byNumber(page))
  const body = commitList({ ref, path, commits: page.rows, urlOf: urlOf(asked), pages })
  return { title: `Commits of ${project.fullPath}`, body }
}

async function showCommit(asked: AskedOfProject): Promise<Page | null> {
  const { c, context, project } = asked
  const commit = await getCommit(context, project, segmentsBehind(c, 'commit').join('/'))
  const { files, isCut } = await diffsOfCommit(context, project, commit)
  const { project: found } = await tagsAt(context, { project: project.id, sha: commit.sha })
  const body = commitPage({
    ...{ commit, urlOf: urlOf(asked), tags: found?.repository?.tagsAt ?? [], changed: changes(files, isCut) },
    tagUrl: (name) => areaUrl(context, project, 'tags', name),
    links: { Files: areaUrl(context, project, 'tree', commit.sha) },
  })
  return { title: `${commit.title} of ${project.fullPath}`, body }
}

/** Refs hold no two dots, so the first ones end the first ref. */
const RANGE = /^(.+?)(\.{2,3})(.+)$/s

/** The page lists the newest commits. */
const LISTED_COMMITS = 100

async function showComparison(asked: AskedOfProject): Promise<Page | null> {
  const { c, context, project } = asked
  const [, before = '', dots, after = ''] = RANGE.exec(segmentsBehind(c, 'compare').join('/')) ?? []
  if (dots === undefined) return null
  const [from, to] = await Promise.all([shaOf(context, project, before), shaOf(context, project, after)])
  if (from === null || to === null) return null
  const { commits, files, isCut } = await readComparison(context, project, { from, to, straight: dots === '..' })
  const listed = commits.slice(0, LISTED_COMMITS).map((commit) => ({ ...commit, project }))
  const title = `${before} to ${after}`
  const more = commits.length > listed.length ? html`<p>There are more commits than are shown here.</p>` : ''
  const body = html`<h1>${title}</h1><h2>Commits</h2>${commitItems(listed, urlOf(asked))}${more}${changes(files, isCut)}`
  return { title: `${title} of ${project.fullPath}`, body }
}

/** Commits, and what they change. What REST does not find is not found. */
export function commitPageRoutes(parts: ContextParts) {
  const pages = projectPages(parts, 'code:read')
  for (const path of ['/commits', '/commits/:rest{.+}']) pages.page(path, (asked) => showCommits(asked).catch(orNull))
  pages.page('/commit/:rest{.+}', (asked) => showCommit(asked).catch(orNull))
  pages.page('/compare/:rest{.+}', (asked) => showComparison(asked).catch(orNull))
  return pages.routes
}
