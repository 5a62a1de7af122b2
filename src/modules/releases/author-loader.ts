import type { Context } from '../../context/context.ts'
import { Prisma, type Release, type User } from '../../generated/prisma/client.ts'
import { someColumnsOf } from '../../rows/columns.ts'
import { type LookAhead, type Prefetch, type Prefetched, prefetchedOf, rowTypes } from '../../rows/prefetch.ts'
import { reviveUser, userById } from '../users/user-loaders.ts'

const AUTHOR = 'author'

const types = rowTypes('UserCore')
const { columnsOfSome } = someColumnsOf('u', Prisma.UserScalarFieldEnum, { always: ['id'] })

export const prefetchAuthor = (_args: unknown, below: LookAhead): Prefetch => ({
  key: AUTHOR,
  wants: below(types),
  sqlOf: ({ fields }) => Prisma.sql`(SELECT row_to_json(author) FROM (
    SELECT ${columnsOfSome(fields)} FROM users u WHERE u.id = r.author_id) AS author)`,
})

/** Who created the release; null when the account is gone. */
export function authorOf(context: Context, release: Release & Prefetched): User | null | Promise<User | null> {
  if (release.authorId === null) return null
  const user = prefetchedOf(release, AUTHOR)?.value as User | null | undefined
  return user ? reviveUser(user) : userById(context).load(release.authorId)
}
