import { assertMayWrite } from '../../access/assert-may-write.ts'
import { isAccount, isAdministrator } from '../../access/viewer.ts'
import { recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { avatarProblems } from '../../foundation/avatar-url.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { notFoundOrForbidden } from '../../foundation/errors.ts'
import { assertNoProblems } from '../../foundation/rules.ts'
import type { User } from '../../generated/prisma/client.ts'
import { getUser, keepUser } from './find-user.ts'

export type UserUpdate = {
  /** The account to change. Absent: the viewer's own. Only administrators may name somebody else. */
  username?: string | undefined
  /** Null: no picture. Absent: it stays as it is. */
  avatarUrl?: string | null | undefined
}

async function getAccount({ viewer }: Context, username: string | undefined): Promise<User> {
  const own = isAccount(viewer) ? viewer.user : null
  if (own && (username === undefined || username.toLowerCase() === own.username.toLowerCase())) return own
  if (username === undefined || !isAdministrator(viewer)) throw notFoundOrForbidden()
  return getUser(username)
}

/** Changes the viewer's account. Administrators may change anybody's. */
export async function updateUser(context: Context, { username, avatarUrl }: UserUpdate): Promise<User> {
  assertMayWrite(context.viewer)
  const user = await getAccount(context, username)
  assertNoProblems(avatarProblems(avatarUrl ?? null))
  if (avatarUrl === undefined) return user
  return db.$transaction(async (tx) => {
    await keepUser(tx, user)
    const updated = await tx.user.update({
      where: { id: user.id },
      data: { avatarUrl, avatarChosen: true, updatedAt: databaseNow() },
    })
    await recordAuditEvent(tx, context, {
      type: 'user_updated',
      scope: null,
      target: { type: 'User', id: user.id, details: user.username },
      message: avatarUrl === null ? 'Removed the picture' : 'Changed the picture',
    })
    return updated
  })
}
