import { toGlobalId } from '../../foundation/global-id.ts'
import { builder } from '../../graphql/builder.ts'
import { givenRows } from '../../graphql/given-schema.ts'
import { arrayConnection } from '../../rows/array-page.ts'
import { emptyConnection } from '../../rows/page.ts'
import { findGroupById } from '../groups/find-group.ts'
import { GroupType } from '../groups/group-schema.ts'
import { AccessLevelEnum } from '../members/member-schema.ts'
import { userById } from '../users/user-loaders.ts'
import { UserCore } from '../users/user-schema.ts'
import { describeAccessLevel } from './access-level-text.ts'
import { protectedTagsOf, tagRulesOf } from './protected-tag-loaders.ts'
import { roleToCreateTag } from './protected-tag-policy.ts'

// Public as a part of ProtectedTag, which asks for `protected-tag:read`: nothing else leads here.
const ProtectedTagCreateAccessLevelType = builder.prismaObject('ProtectedTagAccessLevel', {
  name: 'ProtectedTagCreateAccessLevel',
  description:
    'Who may create tags of a protected name: exactly one of a role, a user, a group and a deploy key. Not in GitLab.',
  access: 'public',
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Global ID.',
      resolve: (level) => toGlobalId('ProtectedTagCreateAccessLevel', level.id),
    }),
    accessLevel: t.exposeInt('accessLevel', {
      description: 'Lowest role: 30 Developer, 40 Maintainer, 0 nobody; null for a user, a group or a deploy key.',
    }),
    accessLevelDescription: t.string({
      description: 'Who is meant, for people: a role, or the name of the user or group.',
      resolve: (level, _args, context) => describeAccessLevel(context, level),
    }),
    user: t.field({
      type: UserCore,
      description: 'The user; null when it is somebody else.',
      resolve: (level, _args, context) => (level.userId === null ? null : userById(context).load(level.userId)),
    }),
    group: t.field({
      type: GroupType,
      description: 'The group whose members are meant; null when it is somebody else, or the viewer may not read it.',
      resolve: (level, _args, context) => (level.groupId === null ? null : findGroupById(context, level.groupId)),
    }),
    deployKeyId: t.exposeInt('deployKeyId', {
      description: 'Number of the deploy key, which counts for pushes only; null when it is somebody else.',
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
  description: 'A name, or a pattern of names, whose tags only some may create. Not in GitLab.',
  include: { accessLevels: true, project: true },
  access: { needs: 'protected-tag:read', project: (tag) => tag.project },
  fields: (t) => ({
    id: t.id({
      nullable: false,
      access: 'public',
      description: 'Global ID.',
      resolve: (tag) => toGlobalId('ProtectedTag', tag.id),
    }),
    name: t.exposeString('name', {
      nullable: false,
      access: 'public',
      description: 'The name; `*` stands for any run of characters, for example `v*`.',
    }),
    createAccessLevels: t.field({
      type: [ProtectedTagCreateAccessLevelType],
      nullable: false,
      access: 'public',
      description: 'Who may create such tags and change the releases of them: everyone that any of these means.',
      resolve: (tag) => tag.accessLevels,
    }),
    createdAt: t.expose('createdAt', {
      type: 'Time',
      nullable: false,
      access: 'public',
      description: 'When it was created.',
    }),
    updatedAt: t.expose('updatedAt', {
      type: 'Time',
      nullable: false,
      access: 'public',
      description: 'When it last changed.',
    }),
  }),
})

givenRows('protectedTags', ProtectedTagType)

const ProtectedTagEdge = builder.edgeObject({
  type: ProtectedTagType,
  name: 'ProtectedTagEdge',
  description: 'A protected tag in a page.',
})

const ProtectedTagConnection = builder.connectionObject(
  { type: ProtectedTagType, name: 'ProtectedTagConnection', description: 'A page of protected tags.' },
  ProtectedTagEdge,
)

builder.prismaObjectFields('Project', (t) => ({
  roleToCreateTag: t.field({
    type: AccessLevelEnum,
    // Who may publish releases is told when a tag is refused, so the role may be told as well; the names of the rules are not.
    access: { needs: 'release:create', otherwise: null },
    description:
      'The lowest role that may create a tag of that name, and publish or change its release; null where no role alone may. ' +
      'Not in GitLab.',
    args: { tagName: t.arg.string({ required: true, description: 'Name of the tag, which need not exist.' }) },
    resolve: async (project, { tagName }, context) =>
      roleToCreateTag(tagName, await tagRulesOf(context, project)) as typeof AccessLevelEnum.$inferType | null,
  }),
  protectedTags: t.connection(
    {
      type: ProtectedTagType,
      access: { needs: 'protected-tag:read', otherwise: emptyConnection, instead: 'an empty connection' },
      description: 'The protected tags, by name. Not in GitLab.',
      // By position, not by name: cursors never hold a tag.
      resolve: async (project, args, context) => arrayConnection(await protectedTagsOf(context, project), args),
    },
    ProtectedTagConnection,
    ProtectedTagEdge,
  ),
}))
