import { mutation } from '../../graphql/mutation.ts'
import { updateUser } from './update-user.ts'
import { UserCore } from './user-schema.ts'

mutation('userUpdate', {
  ability: 'account/user:update',
  description: "Change the viewer's own account. Administrators may change anybody's. Not in GitLab under this name.",
  input: {
    description: 'Changes of an account. What is absent stays as it is.',
    argument: 'The changes.',
    fields: (t) => ({
      username: t.string({
        description: "Username of the account. Absent: the viewer's own. Only administrators may name another.",
      }),
      avatarUrl: t.string({
        description:
          'http(s) URL of the picture, or null for none. After that, tokens of issuers (their claim `picture`) do not change it.',
      }),
    }),
  },
  payload: {
    description: 'The account that was changed.',
    fields: { user: { type: UserCore, description: 'The account. Null with errors.' } },
  },
  run: async (context, input) => ({
    user: await updateUser(context, { username: input.username ?? undefined, avatarUrl: input.avatarUrl }),
  }),
})
