import { assertNotNull, mutation } from '../../graphql/mutation.ts'
import { createGroup } from './create-group.ts'
import { VisibilityLevelsEnum } from './feature-levels-schema.ts'
import { GroupType } from './group-schema.ts'
import { updateGroup } from './update-group.ts'

mutation('groupCreate', {
  ability: 'account/group:create',
  description:
    'Make a group. One at the top needs an account, whose owner becomes its Owner; one inside another needs the role ' +
    'Maintainer there. Not in GitLab.',
  input: (t) => ({
    parentPath: t.id({ description: 'Full path of the group that it lies in; without it, it stands at the top.' }),
    path: t.string({
      required: true,
      description: 'Own path: letters, digits, `_`, `-` and `.`; unique in its group, whatever the case.',
    }),
    name: t.string({ description: 'Name shown to people; the path when absent.' }),
    description: t.string({ description: 'What the group is.' }),
    visibility: t.field({ type: VisibilityLevelsEnum, defaultValue: 'private', description: 'Who may read it.' }),
  }),
  payload: { group: GroupType },
  run: async (context, input) => ({ group: await createGroup(context, input) }),
})

mutation('groupUpdate', {
  ability: 'group/group:update',
  description: 'Change a group. Needs the role Maintainer.',
  input: (t) => ({
    groupPath: t.id({ required: true, description: 'Full path of the group.' }),
    name: t.string({ description: 'Name shown to people. Must not be null.' }),
    description: t.string({ description: 'What the group is.' }),
    visibility: t.field({ type: VisibilityLevelsEnum, description: 'Who may read it. Must not be null.' }),
  }),
  payload: { group: GroupType },
  run: async (context, input) => {
    assertNotNull(input, ['name', 'visibility'])
    const { groupPath, ...changes } = input
    return { group: await updateGroup(context, { groupPath, ...changes }) }
  },
})
