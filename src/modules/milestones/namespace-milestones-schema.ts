import { builder } from '../../graphql/builder.ts'
import { emptyConnection } from '../../rows/page.ts'
import { GroupType } from '../groups/group-schema.ts'
import { ProjectType } from '../projects/project-schema.ts'
import { MilestoneStateEnum, MilestoneType, milestonePageTypes } from './milestone-schema.ts'
import { milestonesOfGroup, milestonesOfProject } from './namespace-milestones-loaders.ts'

const order = 'sorted by due date, start date (missing dates last) and title'

builder.prismaObjectField(ProjectType, 'milestones', (t) =>
  t.connection(
    {
      type: MilestoneType,
      access: { needs: 'milestone:read', otherwise: emptyConnection, instead: 'an empty connection' },
      description: `The milestones of the project itself, not of its group, ${order}.`,
      args: {
        state: t.arg({ type: MilestoneStateEnum, description: 'Only milestones in this state.' }),
        title: t.arg.string({ description: 'Only the milestone with exactly this title.' }),
      },
      resolve: milestonesOfProject,
    },
    ...milestonePageTypes,
  ),
)

builder.prismaObjectField(GroupType, 'milestones', (t) =>
  t.connection(
    {
      type: MilestoneType,
      description: `The milestones of the group itself, which its projects share, ${order}.`,
      args: {
        state: t.arg({ type: MilestoneStateEnum, description: 'Only milestones in this state.' }),
        title: t.arg.string({ description: 'Only the milestone with exactly this title.' }),
      },
      resolve: milestonesOfGroup,
    },
    ...milestonePageTypes,
  ),
)
