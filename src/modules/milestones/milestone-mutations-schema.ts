import { builder } from '../../graphql/builder.ts'
import { assertNullOnlyIn, mutation } from '../../graphql/mutation.ts'
import { MilestoneType } from './milestone-schema.ts'
import { createMilestone, deleteMilestone, updateMilestone } from './milestone-service.ts'

const title = 'Title, unique in its project or group.'
const description = 'What the milestone is about, in Markdown.'
const startDate = 'Calendar date on which it begins.'
const dueDate = 'Calendar date on which it ends, not before it begins.'

const MilestoneStateEvent = builder.enumType('MilestoneStateEvent', {
  description: 'How to change the state of a milestone. Not in GitLab.',
  values: {
    ACTIVATE: { value: 'active', description: 'Open it again.' },
    CLOSE: { value: 'closed', description: 'Close it.' },
  } as const,
})

mutation('milestoneCreate', {
  ability: 'milestone:write',
  description: 'Create a milestone of a project or of a group. Needs the role Planner there. Not in GitLab.',
  input: (t) => ({
    projectPath: t.id({ description: 'Full path of the project, or else `groupPath`.' }),
    groupPath: t.id({ description: 'Full path of the group, or else `projectPath`.' }),
    title: t.string({ required: true, description: title }),
    description: t.string({ description }),
    startDate: t.field({ type: 'Time', description: startDate }),
    dueDate: t.field({ type: 'Time', description: dueDate }),
  }),
  payload: { milestone: MilestoneType },
  run: async (context, input) => ({ milestone: await createMilestone(context, input) }),
})

mutation('milestoneUpdate', {
  ability: 'milestone:write',
  description: 'Change, close or open a milestone. Needs the role Planner. Not in GitLab.',
  input: (t) => ({
    id: t.field({ type: 'MilestoneID', required: true, description: 'Global ID of the milestone.' }),
    title: t.string({ description: `${title} Must not be null.` }),
    description: t.string({ description }),
    startDate: t.field({ type: 'Time', description: `${startDate} Null removes it.` }),
    dueDate: t.field({ type: 'Time', description: `${dueDate} Null removes it.` }),
    stateEvent: t.field({ type: MilestoneStateEvent, description: 'Closes or opens it. Must not be null.' }),
  }),
  payload: { milestone: MilestoneType },
  run: async (context, input) => {
    assertNullOnlyIn(input, 'description', 'startDate', 'dueDate')
    const { stateEvent: state, ...changes } = input
    return { milestone: await updateMilestone(context, { ...changes, state }) }
  },
})

mutation('milestoneDelete', {
  ability: 'milestone:write',
  description: 'Delete a milestone. Its issues and releases stay. Needs the role Planner. Not in GitLab.',
  input: (t) => ({
    id: t.field({ type: 'MilestoneID', required: true, description: 'Global ID of the milestone.' }),
  }),
  payload: { milestone: { type: MilestoneType, description: 'The milestone as it was; null with errors.' } },
  run: async (context, input) => ({ milestone: await deleteMilestone(context, input) }),
})
