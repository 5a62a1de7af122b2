import { placeOfField } from '../../context/field-place.ts'
import { db } from '../../database/db.ts'
import { calendarDate } from '../../foundation/time.ts'
import type { Milestone } from '../../generated/prisma/client.ts'
import { builder } from '../../graphql/builder.ts'
import { pageTypes } from '../../graphql/page-types.ts'
import { emptyConnection } from '../../rows/page.ts'
import { findGroupById } from '../groups/find-group.ts'
import { groupById } from '../groups/group-loaders.ts'
import { GroupType } from '../groups/group-schema.ts'
import { findProjectById } from '../projects/find-project.ts'
import { ProjectType } from '../projects/project-schema.ts'
import { ReleaseType } from '../releases/release-schema.ts'
import { milestoneDescription, milestonesOfRelease } from './milestone-loaders.ts'
import { milestonePath, todayIn } from './milestone-page.ts'
import { visibleMilestones } from './milestone-policy.ts'

export const MilestoneStateEnum = builder.enumType('MilestoneStateEnum', {
  description: 'Whether a milestone is still worked on.',
  values: { active: { description: 'Open.' }, closed: { description: 'Closed.' } },
})

const MilestoneStats = builder.objectRef<Milestone>('MilestoneStats').implement({
  description: 'The progress of a milestone. All its issues count, even issues that the viewer may not see.',
  access: 'public',
  fields: (t) => ({
    totalIssuesCount: t.exposeInt('issuesCount', { kept: true, description: 'Number of issues.' }),
    closedIssuesCount: t.exposeInt('closedIssuesCount', { kept: true, description: 'Number of closed issues.' }),
  }),
})

export const MilestoneType = builder.prismaNode('Milestone', {
  id: { field: 'id', kept: true, description: 'Global ID.' },
  description: 'A goal of a project or a group. Issues and releases belong to it.',
  access: 'public',
  nullable: true,
  findUnique: (id, { viewer }) => ({ id: Number(id), AND: visibleMilestones(viewer) }),
  fields: (t) => ({
    iid: t.exposeID('iid', { nullable: false, kept: true, description: 'Number within its project or group.' }),
    title: t.exposeString('title', {
      nullable: false,
      kept: true,
      description: 'Title, unique in its project or group.',
    }),
    description: t.string({
      kept: true,
      description: 'What the milestone is about, in Markdown.',
      reads: ['description'],
      resolve: (milestone, _args, context, info) => milestoneDescription(context, milestone, () => placeOfField(info)),
    }),
    state: t.expose('state', {
      type: MilestoneStateEnum,
      nullable: false,
      kept: true,
      description: 'Whether the milestone is still worked on.',
    }),
    expired: t.boolean({
      nullable: false,
      kept: true,
      description: 'Whether the due date is before today (UTC). False without a due date.',
      resolve: ({ dueDate }, _args, context) => dueDate !== null && (calendarDate(dueDate) ?? '') < todayIn(context),
    }),
    upcoming: t.boolean({
      nullable: false,
      kept: true,
      description: 'Whether the start date is after today (UTC). False without a start date.',
      resolve: ({ startDate }, _args, context) =>
        startDate !== null && (calendarDate(startDate) ?? '') > todayIn(context),
    }),
    webPath: t.string({
      nullable: false,
      kept: true,
      description: 'Relative path of its page.',
      reads: ['projectId', 'groupId', 'iid'],
      resolve: (milestone, _args, context) => milestonePath(context, milestone),
    }),
    dueDate: t.field({
      type: 'Time',
      kept: true,
      description: 'Calendar date on which it ends.',
      reads: ['dueDate'],
      resolve: ({ dueDate }) => calendarDate(dueDate),
    }),
    startDate: t.field({
      type: 'Time',
      kept: true,
      description: 'Calendar date on which it begins.',
      reads: ['startDate'],
      resolve: ({ startDate }) => calendarDate(startDate),
    }),
    createdAt: t.expose('createdAt', {
      type: 'Time',
      nullable: false,
      kept: true,
      description: 'When it was created.',
    }),
    updatedAt: t.expose('updatedAt', {
      type: 'Time',
      nullable: false,
      kept: true,
      description: 'When it was last changed.',
    }),
    stats: t.field({
      type: MilestoneStats,
      kept: true,
      sameRow: true,
      description: 'The progress of the milestone.',
      resolve: (milestone) => milestone,
    }),
  }),
})

builder.prismaObjectFields(MilestoneType, (t) => ({
  project: t.field({
    type: ProjectType,
    description: 'Its project. Null for a milestone of a group.',
    resolve: ({ projectId }, _args, context) => (projectId === null ? null : findProjectById(context, projectId)),
  }),
  group: t.field({
    type: GroupType,
    description: 'Its group. Null for a milestone of a project, and when the viewer may not read the group.',
    resolve: ({ groupId }, _args, context) => (groupId === null ? null : findGroupById(context, groupId)),
  }),
  projectMilestone: t.boolean({
    nullable: false,
    description: 'Whether it belongs to a project.',
    resolve: ({ projectId }) => projectId !== null,
  }),
  groupMilestone: t.boolean({
    nullable: false,
    description: 'Whether it belongs to a group.',
    resolve: ({ groupId }) => groupId !== null,
  }),
  subgroupMilestone: t.boolean({
    nullable: false,
    description: 'Whether it belongs to a group inside another group.',
    resolve: async ({ groupId }, _args, context) =>
      groupId !== null && (await groupById(context).load(groupId))?.parentId != null,
  }),
}))

builder.queryField('milestone', (t) =>
  t.field({
    type: MilestoneType,
    description: 'The milestone with this global ID. Null when there is none, and when the viewer may not read it.',
    args: { id: t.arg({ type: 'MilestoneID', required: true, description: 'Global ID of the milestone.' }) },
    resolve: (_root, { id }, { viewer }) => db.milestone.findFirst({ where: { id, AND: visibleMilestones(viewer) } }),
  }),
)

export const milestonePageTypes = pageTypes({
  type: MilestoneType,
  name: 'Milestone',
  one: 'A milestone',
  many: 'milestones',
})

builder.prismaObjectField(ReleaseType, 'milestones', (t) =>
  t.connection(
    {
      type: MilestoneType,
      kept: true,
      access: { needs: 'milestone:read', otherwise: emptyConnection, instead: 'an empty connection' },
      description: 'Milestones, sorted by due date, start date (missing dates last) and title.',
      reads: [],
      ...milestonesOfRelease.connection,
    },
    ...milestonePageTypes,
  ),
)
