// Fields of milestones that only our own doors may ask for.
import { builder } from '../../graphql/builder.ts'
import { givenRows } from '../../graphql/given-schema.ts'
import { ReleaseType } from '../releases/release-schema.ts'
import { milestonesOfRelease } from './milestone-loaders.ts'
import { milestonePath } from './milestone-page.ts'
import { MilestoneType } from './milestone-schema.ts'

givenRows('milestones', MilestoneType)

builder.prismaObjectFields(MilestoneType, (t) => ({
  number: t.exposeInt('id', {
    internal: true,
    kept: true,
    nullable: false,
    description: 'The number in the global ID.',
  }),
  projectNumber: t.exposeInt('projectId', { internal: true, kept: true, description: 'The number of its project.' }),
  groupNumber: t.exposeInt('groupId', { internal: true, kept: true, description: 'The number of its group.' }),
  numberInParent: t.exposeInt('iid', {
    internal: true,
    kept: true,
    nullable: false,
    description: '`iid` as a number.',
  }),
  webUrl: t.string({
    internal: true,
    kept: true,
    nullable: false,
    description: 'Absolute URL of its page.',
    reads: ['projectId', 'groupId', 'iid'],
    resolve: async (milestone, _args, context) => `${context.baseUrl}${await milestonePath(context, milestone)}`,
  }),
}))

builder.prismaObjectField(ReleaseType, 'allMilestones', (t) =>
  t.field({
    type: [MilestoneType],
    internal: true,
    kept: true,
    nullable: false,
    access: { needs: 'milestone:read', otherwise: () => [], instead: 'an empty list' },
    description: 'All milestones, in the order of `milestones`.',
    reads: [],
    ...milestonesOfRelease.all,
  }),
)
