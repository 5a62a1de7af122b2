import { html } from 'hono/html'
import type { ContextParts } from '../../../request/request-context.ts'
import type { Page } from '../kit/layout.ts'
import { byNumber, pageLinks } from '../kit/page-links.ts'
import { type AskedOfProject, projectPages } from '../kit/pages.ts'
import { numberIn } from '../kit/query-values.ts'
import { segmentsBehind } from '../kit/web-request.ts'
import { commitList, comparedCommits, oneCommit } from './code-documents.ts'
import { changes, commitItems, commitListPage, commitPage } from './commit-pages.ts'
import { areaUrl, orNull } from './ref-address.ts'

async function showCommits({ c, context, project }: AskedOfProject): Promise<Page | null> {
  const asked = { project: project.id, address: segmentsBehind(c, 'commits').join('/'), page: numberIn(c, 'page') }
  const place = (await commitList(context, asked)).project?.repository?.place
  if (!place) return null
  const { ref, path, commits } = place
  const body = commitListPage({ ref, path, commits: commits.rows, pages: pageLinks({}, byNumber(commits)) })
  return { title: `Commits of ${project.fullPath}`, body }
}

async function showCommit({ c, context, project }: AskedOfProject): Promise<Page | null> {
  const asked = { project: project.id, ref: segmentsBehind(c, 'commit').join('/') }
  const found = (await oneCommit(context, asked)).project?.repository?.commit
  if (!found) return null
  const { commit, tags } = found
  const body = commitPage({
    ...{ commit, tags, changed: changes(found.changes) },
    commitUrl: (sha) => areaUrl(context, project, 'commit', sha),
    tagUrl: (name) => areaUrl(context, project, 'tags', name),
    links: { Files: areaUrl(context, project, 'tree', commit.sha) },
  })
  return { title: `${commit.title} of ${project.fullPath}`, body }
}

/** Refs hold no two dots, so the first ones end the first ref. */
const RANGE = /^(.+?)(\.{2,3})(.+)$/s

async function showComparison({ c, context, project }: AskedOfProject): Promise<Page | null> {
  const [, from = '', dots, to = ''] = RANGE.exec(segmentsBehind(c, 'compare').join('/')) ?? []
  if (dots === undefined) return null
  const asked = { project: project.id, from, to, straight: dots === '..' }
  const found = (await comparedCommits(context, asked)).project?.repository?.comparison
  if (!found) return null
  const title = `${from} to ${to}`
  const more = found.hasMoreCommits ? html`<p>There are more commits than are shown here.</p>` : ''
  const body = html`<h1>${title}</h1><h2>Commits</h2>${commitItems(found.commits)}${more}${changes(found.changes)}`
  return { title: `${title} of ${project.fullPath}`, body }
}

/** Commits, and what they change. */
export function commitPageRoutes(parts: ContextParts) {
  const pages = projectPages(parts)
  for (const path of ['/commits', '/commits/:rest{.+}']) pages.page(path, (asked) => showCommits(asked).catch(orNull))
  pages.page('/commit/:rest{.+}', (asked) => showCommit(asked).catch(orNull))
  pages.page('/compare/:rest{.+}', (asked) => showComparison(asked).catch(orNull))
  return pages.routes
}
