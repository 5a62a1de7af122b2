// Lists of accounts. Everybody may find an account by its username, and only accounts may look through all of them.
import { isNobody } from '../../access/viewer.ts'
import type { Context } from '../../context/context.ts'
import { Prisma, type User, type UserState } from '../../generated/prisma/client.ts'
import { type Given, given } from '../../rows/given.ts'
import { byId } from '../../rows/keyset.ts'
import { narrowed } from '../../rows/narrowed.ts'
import type { NumberedPage, PageInput } from '../../rows/numbered-page.ts'
import type { Connection } from '../../rows/page.ts'
import type { Plan } from '../../rows/plan.ts'
import { searchFor } from '../../rows/search.ts'
import { readList } from '../../rows/whole-list.ts'
import type { Window } from '../../rows/window.ts'
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

export type UserSort = keyof typeof userOrders

/** The conditions that an index answers. */
const indexed = ({ search, ids, usernames }: UserFilter) =>
  Prisma.join(
    [
      searchFor(search, {
        texts: [Prisma.raw(`lower(u.name || ' ' || u.username)`)],
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

type Sorted = { sort: UserSort; plan: Plan }

export const findUsers = (
  context: Context,
  filter: UserFilter,
  { sort, plan, window }: Sorted & { window: Window },
): Promise<Connection<User>> => readList(context, { source: users, plan }, { ...selected(filter, sort), window })

/** A page by number. */
export const numberedUsers = (context: Context, filter: UserFilter, page: PageInput): Promise<NumberedPage<User>> =>
  users.numberedPage(context, 'numberedPage', selected(filter, 'created_desc'), page)

/** The account with this number or username. Null when there is none. */
export async function findUserByIdOrName(context: Context, text: string): Promise<User | null> {
  if (/^\d{1,9}$/.test(text)) return userById(context).load(Number(text))
  return findUserByName(text)
}

export async function findUserByName(username: string): Promise<User | null> {
  const [user] = await users.where('byName', Prisma.sql`lower(u.username) = lower(${username})`)
  return user ?? null
}
