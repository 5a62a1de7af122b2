import { builder } from '../../graphql/builder.ts'
import {
  assertNotNull,
  attempt,
  clientMutationIdOptions,
  MutationPayload,
  type Payload,
} from '../../graphql/mutation.ts'
import { parseIid } from './issue-loaders.ts'
import type { IssueNode } from './issue-policy.ts'
import { IssueType } from './issue-schema.ts'
import { createIssue, updateIssue } from './write-issues.ts'

const projectPath = { required: true, description: 'Full path of the project.' } as const
const title = 'Title.'
const description = 'What is to do, in Markdown.'
const confidential = 'Whether it is hidden from all but its author and the roles from Planner on.'
const dueDate = 'Calendar date on which it should be done.'
const milestone = "Title of a milestone of the project or of its immediate group; the project's own counts first."
const milestoneId = 'Global ID of such a milestone, instead of `milestone`.'

const IssueStateEvent = builder.enumType('IssueStateEvent', {
  description: 'What may happen to the state of an issue.',
  values: {
    CLOSE: { value: 'closed', description: 'Close it.' },
    REOPEN: { value: 'opened', description: 'Open it again.' },
  } as const,
})

const IssueCreateInput = builder.inputType('IssueCreateInput', {
  description: 'A new issue.',
  fields: (t) => ({
    clientMutationId: t.string(clientMutationIdOptions),
    projectPath: t.id(projectPath),
    title: t.string({ required: true, description: title }),
    description: t.string({ description }),
    confidential: t.boolean({ defaultValue: false, description: confidential }),
    dueDate: t.field({ type: 'Time', description: dueDate }),
    milestone: t.string({ description: milestone }),
    milestoneId: t.field({ type: 'MilestoneID', description: milestoneId }),
  }),
})

const IssueUpdateInput = builder.inputType('IssueUpdateInput', {
  description: 'Changes of an issue; what is absent stays as it is.',
  fields: (t) => ({
    clientMutationId: t.string(clientMutationIdOptions),
    projectPath: t.id(projectPath),
    iid: t.string({ required: true, description: 'Number within the project.' }),
    title: t.string({ description: `${title} Must not be null.` }),
    description: t.string({ description }),
    stateEvent: t.field({ type: IssueStateEvent, description: 'Closes or opens it. Must not be null.' }),
    confidential: t.boolean({ description: `${confidential} Must not be null. Needs the role Planner.` }),
    dueDate: t.field({ type: 'Time', description: `${dueDate} Null takes it away. Needs the role Planner.` }),
    milestone: t.string({ description: `${milestone} Null takes it away. Needs the role Planner.` }),
    milestoneId: t.field({
      type: 'MilestoneID',
      description: `${milestoneId} Null takes it away. Needs the role Planner.`,
    }),
  }),
})

const payload = (name: string, of: string) =>
  builder.objectRef<Payload & { issue: IssueNode | null }>(name).implement({
    description: of,
    access: 'public',
    interfaces: [MutationPayload],
    fields: (t) => ({
      issue: t.expose('issue', { type: IssueType, nullable: true, description: 'The issue; null with errors.' }),
    }),
  })

builder.mutationFields((t) => ({
  issueCreate: t.field({
    type: payload('IssueCreatePayload', 'The issue that was made.'),
    nullable: true,
    ability: 'issue:create',
    description: 'Make an issue. Needs the role Guest. Not in GitLab under this name.',
    args: { input: t.arg({ type: IssueCreateInput, required: true, description: 'The issue.' }) },
    resolve: (_root, { input }, context) =>
      attempt(context, input, { issue: null }, async () => ({ issue: await createIssue(context, input) })),
  }),
  issueUpdate: t.field({
    type: payload('IssueUpdatePayload', 'The issue that was changed.'),
    nullable: true,
    ability: 'issue:update',
    description:
      'Change, close or open an issue, or move it to another milestone. Needs the role Planner; authors may change the ' +
      'words and the state of their own. Not in GitLab under this name.',
    args: { input: t.arg({ type: IssueUpdateInput, required: true, description: 'The changes.' }) },
    resolve: (_root, { input }, context) =>
      attempt(context, input, { issue: null }, async () => {
        assertNotNull(input, ['title', 'stateEvent', 'confidential'])
        const { clientMutationId: _echoed, iid, stateEvent: state, ...changes } = input
        return { issue: await updateIssue(context, { ...changes, state, iid: parseIid(iid) }) }
      }),
  }),
}))
