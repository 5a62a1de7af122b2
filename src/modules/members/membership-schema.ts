// The projects and groups in which the viewer has a role of its own.
import type { Role } from '../../access/roles.ts'
import { toGlobalId } from '../../foundation/global-id.ts'
import { builder } from '../../graphql/builder.ts'
import { pageTypes } from '../../graphql/page-types.ts'
import { listOf } from '../../rows/list.ts'
import { AccessLevelEnum } from '../groups/feature-levels-schema.ts'
import { findGroupById } from '../groups/find-group.ts'
import { GroupType } from '../groups/group-schema.ts'
import { findProjectById } from '../projects/find-project.ts'
import { ProjectType } from '../projects/project-schema.ts'
import { userById } from '../users/user-loaders.ts'
import { CurrentUser, UserCore } from '../users/user-schema.ts'
import type { Member } from './member-rows.ts'
import {
  type GroupMembership,
  groupMemberships,
  type ProjectMembership,
  projectMemberships,
} from './membership-loaders.ts'

const AccessLevel = builder.objectRef<Member>('AccessLevel').implement({
  description: 'A role of a member.',
  access: 'public',
  fields: (t) => ({
    integerValue: t.exposeInt('role', {
      description: 'Its number: 10 Guest, 15 Planner, 20 Reporter, 30 Developer, 40 Maintainer, 50 Owner.',
    }),
    stringValue: t.field({
      type: AccessLevelEnum,
      description: 'Its name.',
      // The database makes sure that it is one of the roles.
      resolve: ({ role }) => role as Exclude<Role, 0>,
    }),
  }),
})

type Membership = ProjectMembership | GroupMembership

/** A membership has no number of its own: the account has one in each project and each group. */
const idOf = (membership: Membership) =>
  'projectId' in membership
    ? toGlobalId('ProjectMember', `${membership.userId}-${membership.projectId}`)
    : toGlobalId('GroupMember', `${membership.userId}-${membership.groupId}`)

const MemberInterface = builder.interfaceRef<Membership>('MemberInterface').implement({
  description: 'A role that an account has in a project or in a group.',
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Global ID, which ends with the numbers of the account and of the project or group: `7-12`.',
      resolve: idOf,
    }),
    accessLevel: t.field({ type: AccessLevel, description: 'The role.', resolve: (member) => member }),
    createdAt: t.expose('createdAt', { type: 'Time', description: 'Start of the membership.' }),
    updatedAt: t.field({ type: 'Time', description: 'Always null: it is not recorded.', resolve: () => null }),
    createdBy: t.field({
      type: UserCore,
      description: 'Always null: audit events tell who made somebody a member.',
      resolve: () => null,
    }),
    expiresAt: t.expose('expiresAt', { type: 'Time', description: 'When the role ends. Null: when it is taken away.' }),
    user: t.field({
      type: UserCore,
      description: 'The account.',
      resolve: ({ userId }, _args, context) => userById(context).load(userId),
    }),
  }),
})

const ProjectMember = builder.objectRef<ProjectMembership>('ProjectMember').implement({
  description: 'A role that an account has in a project.',
  access: 'public',
  interfaces: [MemberInterface],
  fields: (t) => ({
    project: t.field({
      type: ProjectType,
      description: 'The project.',
      resolve: ({ projectId }, _args, context) => findProjectById(context, projectId),
    }),
  }),
})

const GroupMember = builder.objectRef<GroupMembership>('GroupMember').implement({
  description: 'A role that an account has in a group.',
  access: 'public',
  interfaces: [MemberInterface],
  fields: (t) => ({
    group: t.field({
      type: GroupType,
      description: 'The group.',
      resolve: ({ groupId }, _args, context) => findGroupById(context, groupId),
    }),
  }),
})

const projectList = listOf({
  children: projectMemberships.children,
  select: (_args, { viewer }) => ({ order: projectMemberships.order, where: projectMemberships.where(viewer) }),
}).connection

const groupList = listOf({
  children: groupMemberships.children,
  select: (_args, { viewer }) => ({ order: groupMemberships.order, where: groupMemberships.where(viewer) }),
}).connection

const described = 'Roles that have ended, and roles from groups above, are not listed.'

builder.prismaObjectFields(CurrentUser, (t) => ({
  projectMemberships: t.connection(
    {
      type: ProjectMember,
      description: `Its own roles in projects, the oldest project first. ${described}`,
      resolve: projectList.resolve,
    },
    ...pageTypes({ type: ProjectMember, name: 'ProjectMember', one: 'A membership', many: 'memberships in projects' }),
  ),
  groupMemberships: t.connection(
    {
      type: GroupMember,
      description: `Its own roles in groups, the oldest group first. ${described}`,
      resolve: groupList.resolve,
    },
    ...pageTypes({ type: GroupMember, name: 'GroupMember', one: 'A membership', many: 'memberships in groups' }),
  ),
}))
