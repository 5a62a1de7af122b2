import { canInGroup } from '../../access/group-abilities.ts'
import type { Role } from '../../access/roles.ts'
import { builder } from '../../graphql/builder.ts'
import { givenRows } from '../../graphql/given-schema.ts'
import { pageTypes } from '../../graphql/page-types.ts'
import { emptyConnection } from '../../rows/page.ts'
import { AccessLevelEnum } from '../groups/feature-levels-schema.ts'
import { findGroupById } from '../groups/find-group.ts'
import { GroupType } from '../groups/group-schema.ts'
import { ProjectType } from '../projects/project-schema.ts'
import { userById } from '../users/user-loaders.ts'
import { UserCore } from '../users/user-schema.ts'
import { type MemberNode, membersOfGroup, membersOfProject } from './member-loaders.ts'

// Public, because only the two connections and the mutations lead to a member, and they check the role.
export const MemberType = builder.objectRef<MemberNode>('Member').implement({
  description: 'An account with a role in a project or in a group. Not in GitLab under this name.',
  access: 'public',
  fields: (t) => ({
    user: t.field({
      type: UserCore,
      description: 'The account.',
      resolve: ({ userId }, _args, context) => userById(context).load(userId),
    }),
    role: t.field({
      type: AccessLevelEnum,
      nullable: false,
      description: 'The role here. A role from a group above may be higher.',
      // The database makes sure that it is one of the roles.
      resolve: (member) => member.role as Exclude<Role, 0>,
    }),
    roleNumber: t.exposeInt('role', {
      internal: true,
      nullable: false,
      description: '`role` as a number: 10 Guest, 15 Planner, 20 Reporter, 30 Developer, 40 Maintainer, 50 Owner.',
    }),
    expiresAt: t.expose('expiresAt', { type: 'Time', description: 'When the role ends. Null: when it is taken away.' }),
    createdAt: t.expose('createdAt', { type: 'Time', nullable: false, description: 'Start of the membership.' }),
    project: t.field({
      type: ProjectType,
      description: 'The project; null for a member of a group.',
      resolve: ({ namespace }) => ('project' in namespace ? namespace.project : null),
    }),
    group: t.field({
      type: GroupType,
      description: 'The group; null for a member of a project.',
      resolve: ({ namespace }, _args, context) =>
        'group' in namespace ? findGroupById(context, namespace.group.id) : null,
    }),
  }),
})

givenRows('members', MemberType)

const memberPageTypes = pageTypes({ type: MemberType, name: 'Member', one: 'A member', many: 'members' })

builder.prismaObjectField(ProjectType, 'members', (t) =>
  t.connection(
    {
      type: MemberType,
      access: { needs: 'member:read', otherwise: emptyConnection, instead: 'an empty connection' },
      description:
        'Its own members, the highest role first. The members of the groups above have their roles here too, but are not ' +
        'listed. Not in GitLab.',
      resolve: membersOfProject,
    },
    ...memberPageTypes,
  ),
)

builder.prismaObjectField(GroupType, 'members', (t) =>
  t.connection(
    {
      type: MemberType,
      description: 'Its own members, the highest role first. Empty for viewers who are not members. Not in GitLab.',
      resolve: (group, args, context, info) =>
        canInGroup(context.viewer, 'member:read', group)
          ? membersOfGroup(group, args, context, info)
          : emptyConnection(),
    },
    ...memberPageTypes,
  ),
)
