import { assertNullOnlyIn, mutation } from '../../graphql/mutation.ts'
import { createGroup } from './create-group.ts'
import { VisibilityLevelsEnum } from './feature-levels-schema.ts'
import { GroupType } from './group-schema.ts'
import { transferGroup } from './move-group.ts'
import { updateGroup } from './update-group.ts'

mutation('groupCreate', {
  ability: 'account/group:create',
  description:
    'Create a group. At the top it needs an account, which becomes the Owner. Inside another group it needs the role ' +
    'Maintainer there. Not in GitLab.',
  input: (t) => ({
    parentPath: t.id({ description: 'Full path of the group above it. Without it the group is at the top.' }),
    path: t.string({
      required: true,
      description: 'Path in its group: letters, digits, `_`, `-` and `.`. Unique there, whatever the letter case.',
    }),
    name: t.string({ description: 'Name shown to people. Absent: the path.' }),
    description: t.string({ description: 'What the group is for.' }),
    visibility: t.field({ type: VisibilityLevelsEnum, defaultValue: 'private', description: 'Who may read it.' }),
  }),
  payload: { group: GroupType },
  run: async (context, input) => ({ group: await createGroup(context, input) }),
})

mutation('groupUpdate', {
  ability: 'group/group:update',
  description: 'Change a group. Needs the role Maintainer, and the role Owner to change the path.',
  input: (t) => ({
    groupPath: t.id({ required: true, description: 'Full path of the group.' }),
    name: t.string({ description: 'Name shown to people. Must not be null.' }),
    path: t.string({
      description:
        'Path in its group. Everything below the group moves along, and the old paths of projects lead on until somebody takes them. ' +
        'Must not be null.',
    }),
    description: t.string({ description: 'What the group is for.' }),
    visibility: t.field({ type: VisibilityLevelsEnum, description: 'Who may read it. Must not be null.' }),
  }),
  payload: { group: GroupType },
  run: async (context, input) => {
    assertNullOnlyIn(input, 'description')
    const { groupPath, ...changes } = input
    return { group: await updateGroup(context, { groupPath, ...changes }) }
  },
})

mutation('groupTransfer', {
  ability: 'group/group:move',
  description:
    'Move a group with everything below it. Needs the role Owner, and in the other group the role Maintainer. The old paths of ' +
    'projects lead on until somebody takes them. Whoever moves a group to the top becomes its Owner. Not in GitLab.',
  input: (t) => ({
    groupPath: t.id({ required: true, description: 'Full path of the group.' }),
    parentPath: t.id({
      description: 'Full path of the group that it moves to. Without it the group moves to the top.',
    }),
  }),
  payload: { group: GroupType },
  run: async (context, input) => ({ group: await transferGroup(context, input) }),
})
