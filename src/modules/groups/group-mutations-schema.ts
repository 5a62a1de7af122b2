import { assertNullOnlyIn, mutation } from '../../graphql/mutation.ts'
import { createGroup } from './create-group.ts'
import { VisibilityLevelsEnum } from './feature-levels-schema.ts'
import { GroupType } from './group-schema.ts'
import { updateGroup } from './update-group.ts'

mutation('groupCreate', {
  ability: 'account/group:create',
  description:
    'Create a group. At the top it needs an account, which becomes the Owner. Inside another group it needs the role ' +
    'Maintainer there. Not in GitLab.',
  input: {
    description: 'A new group. Not in GitLab.',
    argument: 'The group.',
    fields: (t) => ({
      parentPath: t.id({ description: 'Full path of the group above it. Without it the group is at the top.' }),
      path: t.string({
        required: true,
        description:
          'Last segment of its path: letters, digits, `_`, `-` and `.`. Unique in its group, whatever the case.',
      }),
      name: t.string({ description: 'Name shown to people. Absent: the path.' }),
      description: t.string({ description: 'What the group is for.' }),
      visibility: t.field({ type: VisibilityLevelsEnum, defaultValue: 'private', description: 'Who may read it.' }),
    }),
  },
  payload: { description: 'The new group.', fields: { group: GroupType } },
  run: async (context, input) => ({ group: await createGroup(context, input) }),
})

mutation('groupUpdate', {
  ability: 'group/group:update',
  description: 'Change a group. Needs the role Maintainer.',
  input: {
    description: 'Changes of a group. What is absent stays as it is.',
    argument: 'The changes.',
    fields: (t) => ({
      groupPath: t.id({ required: true, description: 'Full path of the group.' }),
      name: t.string({ description: 'Name shown to people. Must not be null.' }),
      description: t.string({ description: 'What the group is for.' }),
      visibility: t.field({ type: VisibilityLevelsEnum, description: 'Who may read it. Must not be null.' }),
    }),
  },
  payload: { description: 'The group that was changed.', fields: { group: GroupType } },
  run: async (context, input) => {
    assertNullOnlyIn(input, 'description')
    const { groupPath, ...changes } = input
    return { group: await updateGroup(context, { groupPath, ...changes }) }
  },
})
