import { builder } from '../../graphql/builder.ts'
import { assertNullOnlyIn, mutation } from '../../graphql/mutation.ts'
import { parseIid } from './issue-loaders.ts'
import { IssueType } from './issue-schema.ts'
import { createIssue, deleteIssue, updateIssue } from './issue-service.ts'

const iid = { required: true, description: 'Number within the project.' } as const
const projectPath = { required: true, description: 'Full path of the project.' } as const
const title = 'Title.'
const description = 'What is to be done, in Markdown.'
const confidential = 'Whether only its author and members from the role Planner on see it.'
const dueDate = 'Calendar date on which it should be done.'
const milestone =
  'Title of a milestone of the project or of its immediate group. If both have one, the milestone of the project counts.'
const milestoneId = 'Global ID of such a milestone, instead of `milestone`.'

const IssueStateEvent = builder.enumType('IssueStateEvent', {
  description: 'How to change the state of an issue.',
  values: {
    CLOSE: { value: 'closed', description: 'Close it.' },
    REOPEN: { value: 'opened', description: 'Open it again.' },
  } as const,
})

mutation('issueCreate', {
  ability: 'issue:create',
  description: 'Create an issue. Needs the role Guest. Not in GitLab under this name.',
  input: (t) => ({
    projectPath: t.id(projectPath),
    title: t.string({ required: true, description: title }),
    description: t.string({ description }),
    confidential: t.boolean({ defaultValue: false, description: confidential }),
    dueDate: t.field({ type: 'Time', description: dueDate }),
    milestone: t.string({ description: milestone }),
    milestoneId: t.field({ type: 'MilestoneID', description: milestoneId }),
  }),
  payload: { issue: IssueType },
  run: async (context, input) => ({ issue: await createIssue(context, input) }),
})

mutation('issueUpdate', {
  ability: 'issue:update',
  description:
    'Change, close or open an issue, or move it to another milestone. Needs the role Planner. Authors may change the ' +
    'title, the description and the state of their own issues. Not in GitLab under this name.',
  input: (t) => ({
    projectPath: t.id(projectPath),
    iid: t.string(iid),
    title: t.string({ description: `${title} Must not be null.` }),
    description: t.string({ description }),
    stateEvent: t.field({ type: IssueStateEvent, description: 'Closes or opens it. Must not be null.' }),
    confidential: t.boolean({ description: `${confidential} Must not be null. Needs the role Planner.` }),
    dueDate: t.field({ type: 'Time', description: `${dueDate} Null removes it. Needs the role Planner.` }),
    milestone: t.string({ description: `${milestone} Null removes it. Needs the role Planner.` }),
    milestoneId: t.field({
      type: 'MilestoneID',
      description: `${milestoneId} Null removes it. Needs the role Planner.`,
    }),
  }),
  payload: { issue: IssueType },
  run: async (context, input) => {
    assertNullOnlyIn(input, 'description', 'dueDate', 'milestone', 'milestoneId')
    const { iid, stateEvent: state, ...changes } = input
    return { issue: await updateIssue(context, { ...changes, state, iid: parseIid(iid) }) }
  },
})

mutation('issueDelete', {
  ability: 'issue:delete',
  description: 'Delete an issue. Needs the role Owner. Not in GitLab.',
  input: (t) => ({ projectPath: t.id(projectPath), iid: t.string(iid) }),
  payload: { issue: { type: IssueType, description: 'The issue as it was; null with errors.' } },
  run: async (context, { projectPath, iid }) => ({
    issue: await deleteIssue(context, { projectPath, iid: parseIid(iid) }),
  }),
})
