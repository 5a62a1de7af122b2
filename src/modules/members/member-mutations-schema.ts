import { mutation } from '../../graphql/mutation.ts'
import { AccessLevelEnum, MemberType } from './member-schema.ts'
import { removeMember, setMember } from './member-service.ts'

const projectPath = 'Full path of the project, or else `groupPath`.'
const groupPath = 'Full path of the group, or else `projectPath`.'

mutation('memberSet', {
  ability: 'member:write',
  description:
    'Make somebody a member, or give a member another role. Needs the role Maintainer; a role above the own one can ' +
    'neither be given nor changed. Not in GitLab.',
  input: (t) => ({
    projectPath: t.id({ description: projectPath }),
    groupPath: t.id({ description: groupPath }),
    username: t.string({ required: true, description: 'Username of the account, in any case.' }),
    role: t.field({ type: AccessLevelEnum, required: true, description: "The role; not above the viewer's own." }),
    expiresAt: t.field({ type: 'Time', description: 'When the role ends; absent or null: when it is taken away.' }),
  }),
  payload: { member: MemberType },
  run: async (context, input) => ({ member: await setMember(context, input) }),
})

mutation('memberRemove', {
  ability: 'member:write',
  description:
    'Take a membership away. Needs the role Maintainer, but everybody may give up the own one. The last owner of a ' +
    'group stays. Not in GitLab.',
  input: (t) => ({
    projectPath: t.id({ description: projectPath }),
    groupPath: t.id({ description: groupPath }),
    username: t.string({ required: true, description: 'Username of the account, in any case.' }),
  }),
  payload: { member: MemberType },
  run: async (context, input) => ({ member: await removeMember(context, input) }),
})
