import { z } from 'zod'
import type { Context } from '../../../context/context.ts'
import type { Project } from '../../../generated/prisma/client.ts'
import { findIssue, numberedIssues } from '../../../modules/issues/issue-loaders.ts'
import { editsIssue, type IssueNode } from '../../../modules/issues/issue-policy.ts'
import { createIssue, deleteIssue, updateIssue } from '../../../modules/issues/issue-service.ts'
import { endpointsOf } from '../kit/endpoint.ts'
import { day, flag, integer, listOf, optional, storedText, text } from '../kit/fields.ts'
import { answerPage, pageFields } from '../kit/pagination.ts'
import { assertUnmodified, forbidden, orNotFound } from '../kit/rest-errors.ts'
import { assertCan, assertSignedIn, projectFor } from '../kit/subjects.ts'
import { projectId } from '../releases/release-input.ts'
import { shownIssues } from './issue-documents.ts'
import { IssueBody } from './present-issue.ts'

const rest = endpointsOf('Issues')
const ISSUES = '/projects/:id/issues'
const ISSUE = `${ISSUES}/:issue_iid`

const states = { opened: 'opened', closed: 'closed', all: null } as const
const stateEvents = { close: 'closed', reopen: 'opened' } as const
const issueKey = { id: projectId, issue_iid: integer().describe('The number of the issue within its project.') }
const values = {
  description: storedText('description').nullish(),
  confidential: optional(flag),
  milestone_id: optional(integer()).describe('The number of the milestone. 0 for no milestone.'),
  due_date: optional(day).describe('A calendar date.'),
}

const listInput = z.object({
  id: projectId,
  state: optional(z.enum(['opened', 'closed', 'all'])),
  milestone: text('name').nullish().describe('Only issues of milestones with this title.'),
  search: text('search').nullish().describe('Only issues with this text in the title or the description.'),
  iids: optional(listOf(integer())).describe('Only issues with these numbers within the project.'),
  sort: optional(z.enum(['desc', 'asc'])).describe('The order of creation. `desc` without it.'),
  ...pageFields,
})

const list = rest.get(ISSUES, {
  summary: 'The issues of a project',
  input: listInput,
  answers: { 200: z.array(IssueBody) },
  find: projectFor('issue:read'),
  handle: async (call) => {
    const { context, input, found: project } = call
    const { state, milestone, search, iids } = input
    // A blank text does not filter.
    const filter = { state: states[state ?? 'all'], milestone: milestone || null, search: search || null, iids }
    const page = await numberedIssues(context, project, { filter, direction: input.sort ?? 'desc', page: input })
    return answerPage(call, await shownIssues.page(context, page))
  },
})

const getIssue = async (context: Context, project: Project, iid: number): Promise<IssueNode> =>
  orNotFound(await findIssue(context, project, iid))

const single = rest.get(ISSUE, {
  summary: 'An issue',
  input: z.object(issueKey),
  answers: { 200: IssueBody },
  find: projectFor('issue:read'),
  handle: async ({ context, input, found }) =>
    await shownIssues.one(context, await getIssue(context, found, input.issue_iid)),
})

const create = rest.post(ISSUES, {
  summary: 'Add an issue',
  input: z.object({ id: projectId, title: storedText('name'), ...values }),
  ability: 'issue:create',
  answers: { 201: IssueBody },
  find: projectFor('issue:read'),
  handle: async ({ context, input, found }) => {
    assertSignedIn(context)
    assertCan(context, 'issue:create', found)
    const { title, description, confidential, due_date: dueDate } = input
    const milestoneId = input.milestone_id || null
    const values = { title, description, confidential, dueDate, milestoneId }
    const issue = await createIssue(context, { projectPath: found.fullPath, ...values })
    return await shownIssues.one(context, issue)
  },
})

const update = rest.put(ISSUE, {
  summary: 'Change, close or reopen an issue',
  input: z.object({
    ...issueKey,
    title: storedText('name').nullish(),
    ...values,
    state_event: optional(z.enum(['close', 'reopen'])),
  }),
  ability: 'issue:update',
  answers: { 200: IssueBody },
  find: projectFor('issue:read'),
  handle: async ({ context, input, found }) => {
    assertSignedIn(context)
    const issue = await getIssue(context, found, input.issue_iid)
    if (!editsIssue(context.viewer, issue)) throw forbidden()
    const { title, description, confidential, due_date: dueDate, milestone_id: milestone, state_event: event } = input
    const updated = await updateIssue(context, {
      projectPath: found.fullPath,
      iid: issue.iid,
      title: title ?? undefined,
      description,
      confidential: confidential ?? undefined,
      dueDate,
      milestoneId: milestone === 0 ? null : milestone,
      state: event ? stateEvents[event] : undefined,
    })
    return await shownIssues.one(context, updated)
  },
})

const remove = rest.delete(ISSUE, {
  summary: 'Delete an issue',
  description: 'An issue that has changed since the time in `If-Unmodified-Since` is not deleted (412).',
  input: z.object(issueKey),
  ability: 'issue:delete',
  answers: { 204: null },
  failures: [412],
  find: projectFor('issue:read'),
  handle: async ({ context, input, found, headers }) => {
    assertSignedIn(context)
    const issue = await getIssue(context, found, input.issue_iid)
    assertCan(context, 'issue:delete', found)
    assertUnmodified(headers, issue)
    await deleteIssue(context, { projectPath: found.fullPath, iid: issue.iid })
  },
})

export const issueEndpoints = [list, single, create, update, remove]
