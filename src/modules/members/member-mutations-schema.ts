import { mutation } from '../../graphql/mutation.ts'
import { AccessLevelEnum } from '../groups/feature-levels-schema.ts'
import { MemberType } from './member-schema.ts'
import { removeMember, setMember } from './member-service.ts'

const projectPath = 'Full path of the project, or else `groupPath`.'
const groupPath = 'Full path of the group, or else `projectPath`.'

mutation('memberSet', {
  ability: 'member:write',
  description:
    'Make somebody a member, or give a member another role. Needs the role Maintainer. Nobody can give or change a role ' +
    'above their own. Not in GitLab.',
  input: (t) => ({
    projectPath: t.id({ description: projectPath }),
    groupPath: t.id({ description: groupPath }),
    username: t.string({ required: true, description: 'Username of the account. Letter case does not matter.' }),
    role: t.field({ type: AccessLevelEnum, required: true, description: "The role. At most the viewer's own." }),
    expiresAt: t.field({ type: 'Time', description: 'When the role ends. Absent or null: when it is taken away.' }),
  }),
  payload: { member: MemberType },
  run: async (context, input) => ({ member: await setMember(context, input) }),
})

mutation('memberRemove', {
  ability: 'member:write',
  description:
    'Remove a member. Needs the role Maintainer, but all members may remove themselves. The last owner of a group stays. ' +
    'Not in GitLab.',
  input: (t) => ({
    projectPath: t.id({ description: projectPath }),
    groupPath: t.id({ description: groupPath }),
    username: t.string({ required: true, description: 'Username of the account. Letter case does not matter.' }),
  }),
  payload: { member: MemberType },
  run: async (context, input) => ({ member: await removeMember(context, input) }),
})
