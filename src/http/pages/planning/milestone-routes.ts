import { numberedMilestones } from '../../../modules/milestones/namespace-milestones-loaders.ts'
import { pathOf } from '../../../modules/projects/namespace.ts'
import type { ContextParts } from '../../../request/request-context.ts'
import { mayFillForms } from '../kit/form-page.ts'
import type { Page } from '../kit/layout.ts'
import { byNumber, pageLinks } from '../kit/page-links.ts'
import { type AskedOfNamespace, namespacePages } from '../kit/pages.ts'
import { numberIn, queryChoice, queryText } from '../kit/query-values.ts'
import { renderedMarkdown } from '../kit/rendered-markdown.ts'
import { findMilestoneIn, mayReadMilestones, milestonesUrl } from './find-in-path.ts'
import { issueItems } from './issue-pages.ts'
import { editMilestone, mayWriteMilestones, newMilestone, removeMilestone } from './milestone-forms.ts'
import { milestoneList, milestonePage } from './milestone-pages.ts'
import { listedMilestones, shownMilestone } from './planning-documents.ts'

const ONE = '/milestones/:iid{[0-9]{1,9}}'

const offersForms = (asked: AskedOfNamespace): boolean => mayFillForms(asked.context) && mayWriteMilestones(asked)

async function showList(asked: AskedOfNamespace): Promise<Page | null> {
  if (!mayReadMilestones(asked)) return null
  const { c, context, namespace } = asked
  const state = queryChoice(c, 'state', ['active', 'closed', 'all'])
  const search = queryText(c, 'search', 'search')
  const filter = { state: state === 'all' ? null : state, search }
  const found = await numberedMilestones(context, namespace, filter, { page: numberIn(c, 'page') })
  const page = await listedMilestones.page(context, found)
  const body = milestoneList({
    ...{ of: pathOf(namespace), milestones: page.rows, state, search: search ?? '' },
    newUrl: offersForms(asked) ? `${milestonesUrl(asked)}/new` : null,
    pages: pageLinks({ state, search: search ?? '' }, byNumber(page)),
  })
  return { title: `Milestones of ${pathOf(namespace)}`, body }
}

async function showOne(asked: AskedOfNamespace): Promise<Page | null> {
  const { c, context, namespace } = asked
  const row = await findMilestoneIn(asked)
  if (!row) return null
  const milestone = await shownMilestone(context, row, numberIn(c, 'page'))
  const place = 'project' in namespace ? { project: namespace.project, ref: 'HEAD' } : null
  const description = milestone.description ? await renderedMarkdown(context, milestone.description, place) : ''
  const issues = milestone.numberedIssues
  const body = milestonePage({
    ...{ milestone, description, mayWrite: offersForms(asked) },
    issues: issueItems(issues.rows, pageLinks({}, byNumber(issues))),
  })
  return { title: `${milestone.title} of ${pathOf(namespace)}`, body }
}

/** Milestones of projects and of groups. */
export function milestoneRoutes(parts: ContextParts) {
  const pages = namespacePages(parts)
  pages.page('/milestones', showList)
  pages.form('/milestones/new', newMilestone)
  pages.page(ONE, showOne)
  pages.form(`${ONE}/edit`, editMilestone)
  pages.form(`${ONE}/delete`, removeMilestone)
  return pages.routes
}
