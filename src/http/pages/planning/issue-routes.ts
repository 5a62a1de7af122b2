import { can } from '../../../access/abilities.ts'
import { numberedIssues } from '../../../modules/issues/issue-loaders.ts'
import { deletesIssue, editsIssue } from '../../../modules/issues/issue-policy.ts'
import type { ContextParts } from '../../../request/request-context.ts'
import { mayFillForms } from '../kit/form-page.ts'
import type { Page } from '../kit/layout.ts'
import { byNumber, pageLinks } from '../kit/page-links.ts'
import { type AskedOfProject, projectPages } from '../kit/pages.ts'
import { numberIn, queryChoice, queryText } from '../kit/query-values.ts'
import { renderedMarkdown } from '../kit/rendered-markdown.ts'
import { findIssueIn, issuesUrl } from './find-in-path.ts'
import { editIssue, newIssue, removeIssue } from './issue-forms.ts'
import { issueItems, issueList, issuePage } from './issue-pages.ts'
import { listedIssues, shownIssue } from './planning-documents.ts'

const ONE = '/issues/:iid{[0-9]{1,9}}'

/** The filters of the links that a release gives out. `scope` is always `all`, because there is no other. */
async function showList(asked: AskedOfProject): Promise<Page | null> {
  const { c, context, project } = asked
  const readsCode = can(context.viewer, 'code:read', project)
  const state = queryChoice(c, 'state', ['opened', 'closed', 'all'])
  const search = queryText(c, 'search', 'search')
  const milestone = queryText(c, 'milestone', 'milestone')
  const releaseTag = queryText(c, 'release_tag', 'tag')
  // A tag that exists would be told from one that does not.
  if (releaseTag !== null && !readsCode) return null
  const filter = { state: state === 'all' ? null : state, search, milestone, releaseTag }
  const listing = { filter, direction: 'desc', page: { page: numberIn(c, 'page') } } as const
  const page = await listedIssues.page(context, await numberedIssues(context, project, listing))
  const query = { state, search: search ?? '', milestone: milestone ?? '', release_tag: releaseTag ?? '' }
  const mayCreate = mayFillForms(context) && can(context.viewer, 'issue:create', project)
  const body = issueList({
    ...{ ...query, project: project.fullPath, releaseTag: readsCode ? query.release_tag : null },
    newUrl: mayCreate ? `${issuesUrl(asked)}/new` : null,
    items: issueItems(page.rows, pageLinks(query, byNumber(page))),
  })
  return { title: `Issues of ${project.fullPath}`, body }
}

async function showOne(asked: AskedOfProject): Promise<Page | null> {
  const { context, project } = asked
  const { viewer } = context
  const found = await findIssueIn(asked)
  if (!found) return null
  const issue = await shownIssue.one(context, found)
  const { description } = issue
  const body = issuePage({
    issue,
    description: description ? await renderedMarkdown(context, description, { project, ref: 'HEAD' }) : '',
    mayEdit: mayFillForms(context) && editsIssue(viewer, found),
    mayDelete: mayFillForms(context) && deletesIssue(viewer, found),
  })
  return { title: `${issue.title} of ${project.fullPath}`, body }
}

export function issueRoutes(parts: ContextParts) {
  const pages = projectPages(parts, 'issue:read')
  pages.page('/issues', showList)
  pages.form('/issues/new', newIssue)
  pages.page(ONE, showOne)
  pages.form(`${ONE}/edit`, editIssue)
  pages.form(`${ONE}/delete`, removeIssue)
  return pages.routes
}
