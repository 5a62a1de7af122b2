import { mutation } from '../../graphql/mutation.ts'
import { AccessLevelEnum, MemberType } from './member-schema.ts'
import { removeMember, setMember } from './write-members.ts'

const projectPath = 'Full path of the project, or else `groupPath`.'
const groupPath = 'Full path of the group, or else `projectPath`.'

mutation('memberSet', {
  ability: 'member:write',
  description:
    'Make somebody a member, or give a member another role. Needs the role Maintainer. Nobody can give or change a role ' +
    'above their own. Not in GitLab.',
  input: {
    description: 'A role for somebody in a project or in a group.',
    argument: 'The account, the place and the role.',
    fields: (t) => ({
      projectPath: t.id({ description: projectPath }),
      groupPath: t.id({ description: groupPath }),
      username: t.string({ required: true, description: 'Username of the account, in any case.' }),
      role: t.field({
        type: AccessLevelEnum,
        required: true,
        description: "The role. Not above the viewer's own role.",
      }),
      expiresAt: t.field({ type: 'Time', description: 'When the role ends. Absent or null: when it is taken away.' }),
    }),
  },
  payload: { description: 'The member as it is now.', fields: { member: MemberType } },
  run: async (context, input) => ({ member: await setMember(context, input) }),
})

mutation('memberRemove', {
  ability: 'member:write',
  description:
    'Remove a member. Needs the role Maintainer, but all members may remove themselves. The last owner of a group stays. ' +
    'Not in GitLab.',
  input: {
    description: 'Whose role in a project or in a group to take away.',
    argument: 'The account and the place.',
    fields: (t) => ({
      projectPath: t.id({ description: projectPath }),
      groupPath: t.id({ description: groupPath }),
      username: t.string({ required: true, description: 'Username of the account, in any case.' }),
    }),
  },
  payload: { description: 'The member as it was.', fields: { member: MemberType } },
  run: async (context, input) => ({ member: await removeMember(context, input) }),
})
