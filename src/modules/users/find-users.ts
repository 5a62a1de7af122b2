// Lists of accounts. Everybody may find an account by its username, and only accounts may look through all of them.
import { isNobody } from '../../access/viewer.ts'
import type { Context } from '../../context/context.ts'
import { Prisma, type User, type UserState } from '../../generated/prisma/client.ts'
import { type Given, given } from '../../rows/given.ts'
import { byId } from '../../rows/keyset.ts'
import type { NumberedPage, PageInput } from '../../rows/numbered-page.ts'
import { searchFor } from '../../rows/search.ts'
import { narrowed } from '../../rows/whole-list.ts'
import { userById, users } from './user-loaders.ts'

/** What is absent or null does not narrow. */
type UserFilter = {
  /** Words in the name or the username. */
  search?: Given<string>
  ids?: Given<readonly number[]>
  usernames?: Given<readonly string[]>
  state?: Given<UserState>
  admins?: Given<boolean>
}

const id = Prisma.sql`u.id`

const userOrders = {
  created_desc: byId<User>('USERS_CREATED_DESC', 'desc', id),
  created_asc: byId<User>('USERS_CREATED_ASC', 'asc', id),
} as const

type UserSort = keyof typeof userOrders

/** The conditions that an index answers. */
const indexed = ({ search, ids, usernames }: UserFilter) =>
  Prisma.join(
    [
      searchFor(search, {
        text: Prisma.raw(`lower(u.name || ' ' || u.username)`),
        names: [Prisma.raw('lower(u.username)')],
      }),
      given(ids, (some) => Prisma.sql`u.id = ANY (${some}::int[])`),
      given(
        usernames,
        (some) => Prisma.sql`lower(u.username) = ANY (ARRAY(SELECT lower(name) FROM unnest(${some}::text[]) AS name))`,
      ),
    ],
    ' ',
  )

const selected = (filter: UserFilter, sort: UserSort) => ({
  from: narrowed('users u', indexed(filter)),
  where: Prisma.sql`true ${given(filter.state, (state) => Prisma.sql`u.state = ${state}::"UserState"`)}
    ${given(filter.admins, (are) => Prisma.sql`u.admin = ${are}`)}`,
  order: userOrders[sort],
})

/** Without a credential an account is found only by its whole username. */
export const mayFindUsers = ({ viewer }: Context, { usernames }: UserFilter): boolean =>
  !isNobody(viewer) || usernames != null

/** A page by number. */
export const numberedUsers = (filter: UserFilter, page: PageInput): Promise<NumberedPage<User>> =>
  users.numberedPage('numberedPage', selected(filter, 'created_desc'), page)

/** The account with this number or username. Null when there is none. */
export async function findUserByIdOrName(context: Context, text: string): Promise<User | null> {
  if (/^\d{1,9}$/.test(text)) return userById(context).load(Number(text))
  const [user] = (await numberedUsers({ usernames: [text] }, { per_page: 1 })).rows
  return user ?? null
}
