import type { Context } from '../../context/context.ts'
import type { Release, User } from '../../generated/prisma/client.ts'
import type { Plan } from '../../rows/plan.ts'
import { userById, users } from '../users/user-loaders.ts'

/** The account whose id is in the release. */
const ofRelease = users.childrenOf({ column: 'u.id', row: 'r.author_id' })

export const authorChild = (plan: Plan) => ofRelease.child({}, plan)

/** The account that created the release. Null when the account is gone. */
export function authorOf(context: Context, release: Release): User | null | Promise<User | null> {
  if (release.authorId === null) return null
  return ofRelease.along(release, {})?.[0] ?? userById(context).load(release.authorId)
}
