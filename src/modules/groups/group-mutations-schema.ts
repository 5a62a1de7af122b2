import type { Group } from '../../generated/prisma/client.ts'
import { builder } from '../../graphql/builder.ts'
import {
  assertNotNull,
  attempt,
  clientMutationIdOptions,
  MutationPayload,
  type Payload,
} from '../../graphql/mutation.ts'
import { createGroup } from './create-group.ts'
import { VisibilityLevelsEnum } from './feature-levels-schema.ts'
import { GroupType } from './group-schema.ts'
import { updateGroup } from './update-group.ts'

const GroupCreateInput = builder.inputType('GroupCreateInput', {
  description: 'A new group. Not in GitLab.',
  fields: (t) => ({
    clientMutationId: t.string(clientMutationIdOptions),
    parentPath: t.id({ description: 'Full path of the group that it lies in; without it, it stands at the top.' }),
    path: t.string({
      required: true,
      description: 'Own path: letters, digits, `_`, `-` and `.`; unique in its group, whatever the case.',
    }),
    name: t.string({ description: 'Name shown to people; the path when absent.' }),
    description: t.string({ description: 'What the group is.' }),
    visibility: t.field({ type: VisibilityLevelsEnum, defaultValue: 'private', description: 'Who may read it.' }),
  }),
})

const GroupUpdateInput = builder.inputType('GroupUpdateInput', {
  description: 'Changes of a group; what is absent stays as it is.',
  fields: (t) => ({
    clientMutationId: t.string(clientMutationIdOptions),
    groupPath: t.id({ required: true, description: 'Full path of the group.' }),
    name: t.string({ description: 'Name shown to people. Must not be null.' }),
    description: t.string({ description: 'What the group is.' }),
    visibility: t.field({ type: VisibilityLevelsEnum, description: 'Who may read it. Must not be null.' }),
  }),
})

const payload = (name: string, description: string) =>
  builder.objectRef<Payload & { group: Group | null }>(name).implement({
    description,
    access: 'public',
    interfaces: [MutationPayload],
    fields: (t) => ({
      group: t.expose('group', { type: GroupType, nullable: true, description: 'The group; null with errors.' }),
    }),
  })

builder.mutationFields((t) => ({
  groupCreate: t.field({
    type: payload('GroupCreatePayload', 'The group that was made.'),
    nullable: true,
    ability: 'account/group:create',
    description:
      'Make a group. One at the top needs an account, whose owner becomes its Owner; one inside another needs the role ' +
      'Maintainer there. Not in GitLab.',
    args: { input: t.arg({ type: GroupCreateInput, required: true, description: 'The group.' }) },
    resolve: (_root, { input }, context) =>
      attempt(context, input, { group: null }, async () => ({ group: await createGroup(context, input) })),
  }),
  groupUpdate: t.field({
    type: payload('GroupUpdatePayload', 'The group that was changed.'),
    nullable: true,
    ability: 'group/group:update',
    description: 'Change a group. Needs the role Maintainer.',
    args: { input: t.arg({ type: GroupUpdateInput, required: true, description: 'The changes.' }) },
    resolve: (_root, { input }, context) =>
      attempt(context, input, { group: null }, async () => {
        assertNotNull(input, ['name', 'visibility'])
        const { clientMutationId: _echoed, groupPath, ...changes } = input
        return { group: await updateGroup(context, { groupPath, ...changes }) }
      }),
  }),
}))
