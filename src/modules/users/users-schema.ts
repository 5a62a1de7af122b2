// Finding accounts.
import { isAdministrator, isNobody } from '../../access/viewer.ts'
import { invalid, notFoundOrForbidden } from '../../foundation/errors.ts'
import { MAX_PAGE_SIZE } from '../../foundation/limits.ts'
import { assertAtMost } from '../../graphql/bounded-arguments.ts'
import { builder } from '../../graphql/builder.ts'
import { pageTypes } from '../../graphql/page-types.ts'
import { planBelow } from '../../rows/plan-below.ts'
import { toWindow } from '../../rows/window.ts'
import { findUserByName, findUsers, mayFindUsers } from './find-users.ts'
import { userById } from './user-loaders.ts'
import { UserCore } from './user-schema.ts'

const userPageTypes = pageTypes({ type: UserCore, name: 'UserCore', one: 'An account', many: 'accounts' })

const Sort = builder.enumType('Sort', {
  description: 'Orders of accounts.',
  values: {
    CREATED_DESC: { value: 'created_desc', description: 'The newest first.' },
    CREATED_ASC: { value: 'created_asc', description: 'The oldest first.' },
  } as const,
})

builder.queryFields((t) => ({
  users: t.connection(
    {
      type: UserCore,
      nullable: false,
      description: 'Accounts. Without a credential `usernames` is needed.',
      args: {
        ids: t.arg({ type: ['UserID'], description: `Only accounts with these global IDs, at most ${MAX_PAGE_SIZE}.` }),
        usernames: t.arg.stringList({
          description: `Only accounts with these usernames, in any letter case, at most ${MAX_PAGE_SIZE}. Not with \`ids\`.`,
        }),
        search: t.arg.string({
          description:
            'Only accounts that have each of these words in their name or username, in any letter case. A search without three ' +
            'letters or digits in a row finds the account whose username it is.',
        }),
        sort: t.arg({ type: Sort, defaultValue: 'created_desc', description: 'The order.' }),
        admins: t.arg.boolean({
          description: 'Only administrators, or only others. Refused to all but administrators.',
        }),
      },
      resolve: (_root, { ids, usernames, search, sort, admins, ...page }, context, info) => {
        if (ids && usernames) throw invalid('Only one of "ids" and "usernames" may be given')
        assertAtMost('ids', ids, MAX_PAGE_SIZE)
        assertAtMost('usernames', usernames, MAX_PAGE_SIZE)
        const filter = { ids, usernames, search, admins }
        if (!mayFindUsers(context, filter) || (admins != null && !isAdministrator(context.viewer))) {
          throw notFoundOrForbidden()
        }
        const order = { sort: sort ?? 'created_desc', plan: planBelow(info, context), window: toWindow(page) } as const
        return findUsers(context, filter, order)
      },
    },
    ...userPageTypes,
  ),
  user: t.field({
    type: UserCore,
    description: 'An account. Null when there is none. Without a credential it is found by its username alone.',
    args: {
      id: t.arg({ type: 'UserID', description: 'Its global ID. Exactly one of `id` and `username` is needed.' }),
      username: t.arg.string({ description: 'Its username, in any letter case.' }),
    },
    resolve: (_root, { id, username }, context) => {
      if (username != null && id == null) return findUserByName(username)
      if (id == null || username != null) throw invalid('Exactly one of "id" and "username" must be given')
      return isNobody(context.viewer) ? null : userById(context).load(id)
    },
  }),
}))
