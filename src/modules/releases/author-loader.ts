import { columnsOf } from '../../connections/columns.ts'
import type { Prefetch, Prefetched } from '../../connections/prefetch.ts'
import type { Context } from '../../context.ts'
import { Prisma, type Release, type User } from '../../generated/prisma/client.ts'
import { reviveUser, userById } from '../users/user-loaders.ts'

const AUTHOR = 'author'

const author: Prefetch = {
  key: AUTHOR,
  sql: Prisma.sql`(SELECT row_to_json(author) FROM (
    SELECT ${columnsOf('u', Prisma.UserScalarFieldEnum)} FROM users u WHERE u.id = r.author_id) AS author)`,
}

export const prefetchAuthor = () => author

/** Who created the release; null when the account is gone. */
export function authorOf(context: Context, release: Release & Prefetched): User | null | Promise<User | null> {
  if (release.authorId === null) return null
  const user = release.prefetched?.[AUTHOR] as User | null | undefined
  return user ? reviveUser(user) : userById(context).load(release.authorId)
}
