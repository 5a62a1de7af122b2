import { mutation } from '../../graphql/mutation.ts'
import { UserCore } from '../users/user-schema.ts'
import { blockUser, unblockUser } from './block-user.ts'
import { deleteUser } from './delete-user.ts'

const endings = {
  userBlock: {
    description: 'Block an account: its tokens are refused at once, on every server.',
    account: 'The account, now blocked. Null with errors.',
    run: blockUser,
  },
  userUnblock: {
    description: 'Let a blocked account act again, with the tokens that it had.',
    account: 'The account, now active. Null with errors.',
    run: unblockUser,
  },
  userDelete: {
    description:
      'Delete an account: its tokens, memberships, e-mail address, name, picture and settings go. What it wrote stays, by a ghost. ' +
      'Refused while it is the only owner of a group.',
    account: 'What is left of the account. Null with errors.',
    run: deleteUser,
  },
}

for (const [name, { description, account, run }] of Object.entries(endings)) {
  mutation(name, {
    ability: 'account/user:end',
    description: `${description} Only administrators may, and not to their own account. Not in GitLab.`,
    input: (t) => ({ username: t.string({ required: true, description: 'Username of the account.' }) }),
    payload: { user: { type: UserCore, description: account } },
    run: async (context, { username }) => ({ user: await run(context, { username }) }),
  })
}
