import type { Milestone } from '../../generated/prisma/client.ts'
import { builder } from '../../graphql/builder.ts'
import {
  assertNotNull,
  attempt,
  clientMutationIdOptions,
  MutationPayload,
  type Payload,
} from '../../graphql/mutation.ts'
import { MilestoneType } from './milestone-schema.ts'
import { createMilestone, updateMilestone } from './write-milestones.ts'

const title = 'Title, unique in its project or group.'
const description = 'What it is about, in Markdown.'
const startDate = 'Calendar date on which it begins.'
const dueDate = 'Calendar date on which it ends, not before it begins.'

const MilestoneStateEvent = builder.enumType('MilestoneStateEvent', {
  description: 'What may happen to the state of a milestone. Not in GitLab.',
  values: {
    ACTIVATE: { value: 'active', description: 'Open it again.' },
    CLOSE: { value: 'closed', description: 'Close it.' },
  } as const,
})

const MilestoneCreateInput = builder.inputType('MilestoneCreateInput', {
  description: 'A new milestone of a project or of a group.',
  fields: (t) => ({
    clientMutationId: t.string(clientMutationIdOptions),
    projectPath: t.id({ description: 'Full path of the project, or else `groupPath`.' }),
    groupPath: t.id({ description: 'Full path of the group, or else `projectPath`.' }),
    title: t.string({ required: true, description: title }),
    description: t.string({ description }),
    startDate: t.field({ type: 'Time', description: startDate }),
    dueDate: t.field({ type: 'Time', description: dueDate }),
  }),
})

const MilestoneUpdateInput = builder.inputType('MilestoneUpdateInput', {
  description: 'Changes of a milestone; what is absent stays as it is.',
  fields: (t) => ({
    clientMutationId: t.string(clientMutationIdOptions),
    id: t.field({ type: 'MilestoneID', required: true, description: 'Global ID of the milestone.' }),
    title: t.string({ description: `${title} Must not be null.` }),
    description: t.string({ description }),
    startDate: t.field({ type: 'Time', description: `${startDate} Null takes it away.` }),
    dueDate: t.field({ type: 'Time', description: `${dueDate} Null takes it away.` }),
    stateEvent: t.field({ type: MilestoneStateEvent, description: 'Closes or opens it. Must not be null.' }),
  }),
})

const payload = (name: string, of: string) =>
  builder.objectRef<Payload & { milestone: Milestone | null }>(name).implement({
    description: of,
    access: 'public',
    interfaces: [MutationPayload],
    fields: (t) => ({
      milestone: t.expose('milestone', {
        type: MilestoneType,
        nullable: true,
        description: 'The milestone; null with errors.',
      }),
    }),
  })

builder.mutationFields((t) => ({
  milestoneCreate: t.field({
    type: payload('MilestoneCreatePayload', 'The milestone that was made.'),
    nullable: true,
    ability: 'milestone:write',
    description: 'Make a milestone of a project or of a group. Needs the role Planner there. Not in GitLab.',
    args: { input: t.arg({ type: MilestoneCreateInput, required: true, description: 'The milestone.' }) },
    resolve: (_root, { input }, context) =>
      attempt(context, input, { milestone: null }, async () => {
        const { clientMutationId: _echoed, ...milestone } = input
        return { milestone: await createMilestone(context, milestone) }
      }),
  }),
  milestoneUpdate: t.field({
    type: payload('MilestoneUpdatePayload', 'The milestone that was changed.'),
    nullable: true,
    ability: 'milestone:write',
    description: 'Change, close or open a milestone. Needs the role Planner. Not in GitLab.',
    args: { input: t.arg({ type: MilestoneUpdateInput, required: true, description: 'The changes.' }) },
    resolve: (_root, { input }, context) =>
      attempt(context, input, { milestone: null }, async () => {
        assertNotNull(input, ['title', 'stateEvent'])
        const { clientMutationId: _echoed, stateEvent: state, ...changes } = input
        return { milestone: await updateMilestone(context, { ...changes, state }) }
      }),
  }),
}))
