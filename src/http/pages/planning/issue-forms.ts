import { html } from 'hono/html'
import { can } from '../../../access/abilities.ts'
import { notFoundOrForbidden } from '../../../foundation/errors.ts'
import type { IssueFormQuery } from '../../../generated/documents.ts'
import { deletesIssue, editsIssue, type IssueNode, plansIssue } from '../../../modules/issues/issue-policy.ts'
import { createIssue, deleteIssue, updateIssue } from '../../../modules/issues/issue-service.ts'
import type { Fields } from '../../rest/kit/nested-fields.ts'
import { confirmation } from '../kit/confirmation.ts'
import { assertUnchanged, versionField } from '../kit/edited-version.ts'
import { checkbox, choiceField, formOf, textArea, textField } from '../kit/form-fields.ts'
import type { Filled, FormPage } from '../kit/form-page.ts'
import { choiceIn, DESCRIPTION_BYTES, dayIn, isGiven, textIn } from '../kit/given.ts'
import type { Markup } from '../kit/layout.ts'
import type { AskedOfProject } from '../kit/pages.ts'
import { milestonesOf } from '../releases/form/form-parts.ts'
import { findIssueIn, issuesUrl } from './find-in-path.ts'
import { issueForm } from './form-documents.ts'

type Issue = IssueFormQuery['given']['issues'][number]

/** What the form shows of the issue, and the milestones that it offers. Others can be typed. */
async function shownIn({ context, project: { id } }: AskedOfProject, row: IssueNode | null) {
  const { project, given } = await issueForm(context, { project: id }, { rows: row ? [row] : [] })
  return { issue: given.issues[0] ?? null, milestones: project ? milestonesOf(project) : [] }
}

type Shown = Awaited<ReturnType<typeof shownIn>>

/** What needs the role Planner in an issue that is there. */
function planFields(filled: Filled, { issue, milestones }: Shown): Markup {
  const stored = issue?.milestone?.title ?? ''
  const milestone = { name: 'milestone', label: 'Title of the milestone', stored, list: 'milestones', maxLength: 255 }
  const due = { name: 'due_date', label: 'Due', type: 'date', stored: issue?.dueDate ?? null }
  const confidential = { name: 'confidential', label: 'Confidential', stored: issue?.confidential ?? false }
  const hint = 'Only its author and members from the role Planner on see it.'
  return html`<fieldset class="row"><div>${textField(filled, milestone)}</div><div>${textField(filled, due)}</div></fieldset>
<datalist id="milestones">${milestones.map(({ title }) => html`<option value="${title}"></option>`)}</datalist>
${checkbox(filled, { ...confidential, hint })}`
}

const stateField = (filled: Filled, { state }: Issue) =>
  choiceField(filled, {
    ...{ name: 'state', label: 'State', stored: state },
    options: [
      ['opened', 'Open'],
      ['closed', 'Closed'],
    ],
  })

async function formPage(asked: AskedOfProject, filled: Filled, row: IssueNode | null) {
  const shown = await shownIn(asked, row)
  const { issue } = shown
  const title = issue ? `Edit ${issue.title}` : 'New issue'
  const plans = row === null || plansIssue(asked.context.viewer, row)
  const fields = [
    textField(filled, { name: 'title', label: 'Title', stored: issue?.title ?? '', required: true, maxLength: 255 }),
    textArea(filled, {
      ...{ name: 'description', label: 'Description', hint: 'In Markdown.' },
      stored: issue?.description ?? '',
    }),
    plans ? planFields(filled, shown) : html``,
    issue ? html`${stateField(filled, issue)}${versionField(filled, issue.updatedAt)}` : html``,
  ]
  return { title, body: html`<h1>${title}</h1>${formOf({ action: '', submit: 'Save', filled, fields })}` }
}

const textsOf = (given: Fields) => ({
  title: textIn(given, 'title'),
  description: textIn(given, 'description') || null,
})

const planOf = (given: Fields) => ({
  dueDate: dayIn(given, { name: 'due_date', label: 'Due' }),
  confidential: isGiven(given, 'confidential'),
})

const common = { maxBytes: DESCRIPTION_BYTES, fieldOf: { Title: 'title', Description: 'description' } }

export const newIssue: FormPage<AskedOfProject> = {
  ...common,
  show: async (asked, filled) =>
    can(asked.context.viewer, 'issue:create', asked.project) ? formPage(asked, filled, null) : null,
  write: async (asked, given) => {
    const milestone = textIn(given, 'milestone') || null
    const values = { ...textsOf(given), ...planOf(given), milestone, projectPath: asked.project.fullPath }
    return `${issuesUrl(asked)}/${(await createIssue(asked.context, values)).iid}`
  },
}

async function getIssueIn(asked: AskedOfProject): Promise<IssueNode> {
  const issue = await findIssueIn(asked)
  if (!issue) throw notFoundOrForbidden()
  return issue
}

/** A milestone of the group may have the same title as one of the project, and stays as long as nobody changes the title. */
async function newPlan(asked: AskedOfProject, given: Fields, issue: IssueNode) {
  if (!plansIssue(asked.context.viewer, issue)) return {}
  const milestone = textIn(given, 'milestone')
  const isSame = milestone === ((await shownIn(asked, issue)).issue?.milestone?.title ?? '')
  return { ...planOf(given), ...(isSame ? {} : { milestone: milestone || null }) }
}

export const editIssue: FormPage<AskedOfProject> = {
  ...common,
  show: async (asked, filled) => {
    const issue = await findIssueIn(asked)
    return issue && editsIssue(asked.context.viewer, issue) ? formPage(asked, filled, issue) : null
  },
  write: async (asked, given) => {
    const issue = await getIssueIn(asked)
    const { iid } = issue
    assertUnchanged(given, issue.updatedAt)
    await updateIssue(asked.context, {
      ...{ projectPath: asked.project.fullPath, iid, ...textsOf(given), ...(await newPlan(asked, given, issue)) },
      state: choiceIn(given, { name: 'state', label: 'State', values: ['opened', 'closed'] as const }),
    })
    return `${issuesUrl(asked)}/${iid}`
  },
}

export const removeIssue: FormPage<AskedOfProject> = {
  show: async (asked, filled) => {
    const issue = await findIssueIn(asked)
    if (!issue || !deletesIssue(asked.context.viewer, issue)) return null
    return confirmation(filled, {
      title: `Delete ${issue.title}`,
      words: 'The issue is gone for good.',
      submit: 'Delete the issue',
      back: `${issuesUrl(asked)}/${issue.iid}`,
    })
  },
  write: async (asked) => {
    const { iid } = await getIssueIn(asked)
    await deleteIssue(asked.context, { projectPath: asked.project.fullPath, iid })
    return issuesUrl(asked)
  },
}
