import { assertMayWrite } from '../../access/assert-may-write.ts'
import { isAdministrator } from '../../access/viewer.ts'
import { type AuditEventType, recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import type { Tx } from '../../database/db.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { notFoundOrForbidden, RuleViolation } from '../../foundation/errors.ts'
import type { User } from '../../generated/prisma/client.ts'
import { once, transact } from '../../idempotency/once.ts'
import { getUser, keepUser } from '../users/find-user.ts'

export type UserNamed = { username: string }

/** The account, for an administrator who wants to end it. Nobody else learns whether it exists. */
export async function getUserToEnd({ viewer }: Context, { username }: UserNamed): Promise<User> {
  if (!isAdministrator(viewer)) throw notFoundOrForbidden()
  assertMayWrite(viewer)
  const user = await getUser(username)
  if (user.id === viewer.user?.id) throw new RuleViolation('FORBIDDEN', 'You cannot do this to your own account')
  return user
}

type Event = { type: AuditEventType; message: string }

export const recordUserEvent = (tx: Tx, context: Context, user: User, event: Event): Promise<void> =>
  recordAuditEvent(tx, context, {
    ...event,
    scope: null,
    target: { type: 'User', id: user.id, details: user.username },
  })

async function setState(context: Context, user: User, state: 'active' | 'blocked', event: Event): Promise<User> {
  return transact(context, async (tx) => {
    await keepUser(tx, user)
    const updated = await tx.user.update({ where: { id: user.id }, data: { state, updatedAt: databaseNow() } })
    // Tokens work again when the account does. Browsers sign in again.
    if (state === 'blocked') await tx.session.deleteMany({ where: { userId: user.id } })
    await recordUserEvent(tx, context, user, event)
    return updated
  })
}

/** Refuses all credentials of an account from now on. Each server asks for the state of the account at each request. */
export const blockUser = once(async (context: Context, input: UserNamed): Promise<User> => {
  const user = await getUserToEnd(context, input)
  if (user.state === 'blocked') return user
  if (user.state !== 'active') throw new RuleViolation('INVALID', `${user.username} is not active`)
  return setState(context, user, 'blocked', { type: 'user_blocked', message: `Blocked ${user.username}` })
})

/** Takes the credentials of a blocked account again. */
export const unblockUser = once(async (context: Context, input: UserNamed): Promise<User> => {
  const user = await getUserToEnd(context, input)
  if (user.state === 'active') return user
  if (user.state !== 'blocked') throw new RuleViolation('INVALID', `${user.username} is not blocked`)
  return setState(context, user, 'active', { type: 'user_unblocked', message: `Unblocked ${user.username}` })
})
