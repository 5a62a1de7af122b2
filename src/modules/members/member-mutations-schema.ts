import { builder } from '../../graphql/builder.ts'
import { attempt, clientMutationIdOptions, MutationPayload, type Payload } from '../../graphql/mutation.ts'
import { AccessLevelEnum, MemberType } from './member-schema.ts'
import { type MemberNode, removeMember, setMember } from './write-members.ts'

const projectPath = 'Full path of the project, or else `groupPath`.'
const groupPath = 'Full path of the group, or else `projectPath`.'

const MemberSetInput = builder.inputType('MemberSetInput', {
  description: 'A role for somebody in a project or in a group.',
  fields: (t) => ({
    clientMutationId: t.string(clientMutationIdOptions),
    projectPath: t.id({ description: projectPath }),
    groupPath: t.id({ description: groupPath }),
    username: t.string({ required: true, description: 'Username of the account, in any case.' }),
    role: t.field({ type: AccessLevelEnum, required: true, description: "The role; not above the viewer's own." }),
    expiresAt: t.field({ type: 'Time', description: 'When the role ends; absent or null: when it is taken away.' }),
  }),
})

const MemberRemoveInput = builder.inputType('MemberRemoveInput', {
  description: 'Whose role in a project or in a group to take away.',
  fields: (t) => ({
    clientMutationId: t.string(clientMutationIdOptions),
    projectPath: t.id({ description: projectPath }),
    groupPath: t.id({ description: groupPath }),
    username: t.string({ required: true, description: 'Username of the account, in any case.' }),
  }),
})

const payload = (name: string, description: string) =>
  builder.objectRef<Payload & { member: MemberNode | null }>(name).implement({
    description,
    access: 'public',
    interfaces: [MutationPayload],
    fields: (t) => ({
      member: t.expose('member', { type: MemberType, nullable: true, description: 'The member; null with errors.' }),
    }),
  })

builder.mutationFields((t) => ({
  memberSet: t.field({
    type: payload('MemberSetPayload', 'The member as it is now.'),
    nullable: true,
    ability: 'member:write',
    description:
      'Make somebody a member, or give a member another role. Needs the role Maintainer; a role above the own one can ' +
      'neither be given nor changed. Not in GitLab.',
    args: { input: t.arg({ type: MemberSetInput, required: true, description: 'Who, where and which role.' }) },
    resolve: (_root, { input }, context) =>
      attempt(context, input, { member: null }, async () => ({ member: await setMember(context, input) })),
  }),
  memberRemove: t.field({
    type: payload('MemberRemovePayload', 'The member as it was.'),
    nullable: true,
    ability: 'member:write',
    description:
      'Take a membership away. Needs the role Maintainer, but everybody may give up the own one. The last owner of a ' +
      'group stays. Not in GitLab.',
    args: { input: t.arg({ type: MemberRemoveInput, required: true, description: 'Who and where.' }) },
    resolve: (_root, { input }, context) =>
      attempt(context, input, { member: null }, async () => ({ member: await removeMember(context, input) })),
  }),
}))
