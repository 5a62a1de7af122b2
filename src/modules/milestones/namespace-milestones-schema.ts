import { builder } from '../../graphql/builder.ts'
import { connection, emptyConnection } from '../../rows/page.ts'
import { toWindow } from '../../rows/window.ts'
import { GroupType } from '../groups/group-schema.ts'
import { ProjectType } from '../projects/project-schema.ts'
import { MilestoneConnection, MilestoneEdge, MilestoneStateEnum, MilestoneType } from './milestone-schema.ts'
import { countOfMilestonesOf, milestonesOf } from './namespace-milestones-loaders.ts'

const order = 'by due date and start date (missing ones last) and title'

builder.prismaObjectField(ProjectType, 'milestones', (t) =>
  t.connection(
    {
      type: MilestoneType,
      access: { needs: 'milestone:read', otherwise: emptyConnection, instead: 'an empty connection' },
      description: `Its own milestones, not those of its group, ${order}.`,
      args: {
        state: t.arg({ type: MilestoneStateEnum, description: 'Only these.' }),
        title: t.arg.string({ description: 'Only the one of exactly this title.' }),
      },
      resolve: async ({ id }, { state, title, ...args }, context) => {
        const [owner, filter] = [{ projectId: id }, { state, title }]
        const page = await milestonesOf(context, owner, { window: toWindow(args), filter })
        return connection(page, () => countOfMilestonesOf(owner, filter))
      },
    },
    MilestoneConnection,
    MilestoneEdge,
  ),
)

builder.prismaObjectField(GroupType, 'milestones', (t) =>
  t.connection(
    {
      type: MilestoneType,
      description: `Its own milestones, which its projects share, ${order}.`,
      args: {
        state: t.arg({ type: MilestoneStateEnum, description: 'Only these.' }),
        title: t.arg.string({ description: 'Only the one of exactly this title.' }),
      },
      resolve: async ({ id }, { state, title, ...args }, context) => {
        const [owner, filter] = [{ groupId: id }, { state, title }]
        const page = await milestonesOf(context, owner, { window: toWindow(args), filter })
        return connection(page, () => countOfMilestonesOf(owner, filter))
      },
    },
    MilestoneConnection,
    MilestoneEdge,
  ),
)
