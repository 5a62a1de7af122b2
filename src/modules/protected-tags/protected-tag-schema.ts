import { toGlobalId } from '../../foundation/global-id.ts'
import { builder } from '../../graphql/builder.ts'
import { givenRows } from '../../graphql/given-schema.ts'
import { pageTypes } from '../../graphql/page-types.ts'
import { arrayConnection } from '../../rows/array-page.ts'
import { emptyConnection } from '../../rows/page.ts'
import { AccessLevelEnum } from '../groups/feature-levels-schema.ts'
import { findGroupById } from '../groups/find-group.ts'
import { GroupType } from '../groups/group-schema.ts'
import { userById } from '../users/user-loaders.ts'
import { UserCore } from '../users/user-schema.ts'
import { describeAccessLevel } from './access-level-text.ts'
import { protectedTagsOf, tagRulesOf } from './protected-tag-loaders.ts'
import { roleToCreateTag } from './protected-tag-policy.ts'

// Public, because only ProtectedTag leads here, and it needs `protected-tag:read`.
const ProtectedTagCreateAccessLevelType = builder.prismaObject('ProtectedTagAccessLevel', {
  name: 'ProtectedTagCreateAccessLevel',
  description:
    'Who may create tags with a protected name: exactly one of a role, a user, a group and a deploy key. Not in GitLab.',
  access: 'public',
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Global ID.',
      resolve: (level) => toGlobalId('ProtectedTagCreateAccessLevel', level.id),
    }),
    accessLevel: t.exposeInt('accessLevel', {
      description: 'Lowest role: 30 Developer, 40 Maintainer, 0 nobody. Null for a user, a group or a deploy key.',
    }),
    accessLevelDescription: t.string({
      description: 'Who is admitted, in words: a role, or the name of the user or of the group.',
      resolve: (level, _args, context) => describeAccessLevel(context, level),
    }),
    user: t.field({
      type: UserCore,
      description: 'The user. Null when it is not a user who is admitted.',
      resolve: (level, _args, context) => (level.userId === null ? null : userById(context).load(level.userId)),
    }),
    group: t.field({
      type: GroupType,
      description:
        'The group whose members are admitted. Null when it is not a group, and when the viewer may not read it.',
      resolve: (level, _args, context) => (level.groupId === null ? null : findGroupById(context, level.groupId)),
    }),
    deployKeyId: t.exposeInt('deployKeyId', {
      description: 'Number of the deploy key, which counts for pushes only. Null when it is not a deploy key.',
    }),
    number: t.exposeInt('id', { internal: true, nullable: false, description: 'The number in the global ID.' }),
    userId: t.exposeInt('userId', {
      internal: true,
      description: 'Number of the user; null when it is somebody else.',
    }),
    groupId: t.exposeInt('groupId', {
      internal: true,
      description: 'Number of the group, whether the viewer may read it or not; null when it is somebody else.',
    }),
  }),
})

export const ProtectedTagType = builder.prismaObject('ProtectedTag', {
  description: 'A name of tags, or a pattern of names, that limits who may create such tags. Not in GitLab.',
  include: { accessLevels: true, project: true },
  access: { needs: 'protected-tag:read', project: (tag) => tag.project, fields: 'public' },
  fields: (t) => ({
    id: t.id({ nullable: false, description: 'Global ID.', resolve: (tag) => toGlobalId('ProtectedTag', tag.id) }),
    number: t.exposeInt('id', { internal: true, nullable: false, description: 'The number in the global ID.' }),
    name: t.exposeString('name', {
      nullable: false,
      description: 'The name. `*` stands for any number of characters, for example `v*`.',
    }),
    createAccessLevels: t.field({
      type: [ProtectedTagCreateAccessLevelType],
      nullable: false,
      description: 'Who may create such tags and change their releases: everybody whom one of these admits.',
      resolve: (tag) => tag.accessLevels,
    }),
    createdAt: t.expose('createdAt', { type: 'Time', nullable: false, description: 'When it was created.' }),
    updatedAt: t.expose('updatedAt', { type: 'Time', nullable: false, description: 'When it last changed.' }),
  }),
})

givenRows('protectedTags', ProtectedTagType)

const protectedTagPageTypes = pageTypes({
  type: ProtectedTagType,
  name: 'ProtectedTag',
  one: 'A protected tag',
  many: 'protected tags',
})

builder.prismaObjectFields('Project', (t) => ({
  roleToCreateTag: t.field({
    type: AccessLevelEnum,
    // A refused tag tells a viewer who may publish releases the same. The names of the protected tags stay hidden.
    access: { needs: 'release:create', otherwise: null },
    description:
      'The lowest role that may create a tag with this name, and publish or change its release. Null when no role is enough ' +
      'by itself. Not in GitLab.',
    args: { tagName: t.arg.string({ required: true, description: 'Name of the tag. The tag need not exist.' }) },
    resolve: async (project, { tagName }, context) =>
      roleToCreateTag(tagName, await tagRulesOf(context, project)) as typeof AccessLevelEnum.$inferType | null,
  }),
  protectedTag: t.field({
    type: ProtectedTagType,
    internal: true,
    access: { needs: 'protected-tag:read', otherwise: null },
    description: 'The protected tag of the project with this number. Null when there is none.',
    args: { number: t.arg.int({ required: true, description: 'The number in its global ID.' }) },
    resolve: async (project, { number }, context) =>
      (await protectedTagsOf(context, project)).find(({ id }) => id === number) ?? null,
  }),
  protectedTags: t.connection(
    {
      type: ProtectedTagType,
      access: { needs: 'protected-tag:read', otherwise: emptyConnection, instead: 'an empty connection' },
      description: 'The protected tags, sorted by name. Not in GitLab.',
      // Cursors hold the position and not the name, because cursors never contain a tag.
      resolve: async (project, args, context) => arrayConnection(await protectedTagsOf(context, project), args),
    },
    ...protectedTagPageTypes,
  ),
}))
