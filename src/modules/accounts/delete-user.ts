import { role } from '../../access/roles.ts'
import type { Context } from '../../context/context.ts'
import type { Tx } from '../../database/db.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { notFoundOrForbidden, RuleViolation } from '../../foundation/errors.ts'
import type { User } from '../../generated/prisma/client.ts'
import { once, transact } from '../../idempotency/once.ts'
import { lockMembersOfUser } from '../members/member-rows.ts'
import { ghostName } from '../users/ghost-name.ts'
import { getUserToEnd, recordUserEvent, type UserNamed } from './block-user.ts'

/** The groups that nobody else owns for good, neither themselves nor through a group above them. At most five of them. */
const ownedAlone = (tx: Tx, userId: number) => tx.$queryRaw<{ path: string }[]>`
  SELECT /* accounts.ownedAlone */ g.full_path AS path FROM group_members m JOIN groups g ON g.id = m.group_id
  WHERE m.user_id = ${userId} AND m.role = ${role.owner} AND g.deleted_at IS NULL AND NOT EXISTS (
    SELECT FROM group_members o JOIN users u ON u.id = o.user_id AND u.state = 'active'
    WHERE o.group_id = ANY (g.ancestor_ids) AND o.role = ${role.owner} AND o.expires_at IS NULL AND o.user_id <> ${userId})
  ORDER BY 1 LIMIT 5`

async function assertOwnsNoGroupAlone(tx: Tx, { id, username }: User): Promise<void> {
  await lockMembersOfUser(tx, id)
  const groups = await ownedAlone(tx, id)
  if (groups.length === 0) return
  const paths = groups.map(({ path }) => path).join(', ')
  throw new RuleViolation('INVALID', `Make somebody else an owner first, because only ${username} owns ${paths}`)
}

/** Everything by which an account acts, and everything that it has set. */
async function removeBelongings(tx: Tx, userId: number): Promise<void> {
  const where = { userId }
  await tx.accessToken.deleteMany({ where })
  await tx.session.deleteMany({ where })
  await tx.identity.deleteMany({ where })
  await tx.projectMember.deleteMany({ where })
  await tx.groupMember.deleteMany({ where })
  await tx.notificationSetting.deleteMany({ where })
  await tx.idempotencyRecord.deleteMany({ where })
}

/**
 * Makes an account a ghost, which nobody can be: without a name, an address, a picture, credentials and memberships. Whatever the
 * account has written stays as it is, by the ghost. One row changes, however much that is.
 */
export const deleteUser = once(async (context: Context, input: UserNamed): Promise<User> => {
  const user = await getUserToEnd(context, input)
  return transact(context, async (tx) => {
    await assertOwnsNoGroupAlone(tx, user)
    // Before the row of the account, because other writers lock what belongs to it first, and then its row.
    await removeBelongings(tx, user.id)
    const ghost = {
      username: ghostName(user.id),
      name: 'Ghost User',
      email: null,
      avatarUrl: null,
      // No issuer gives the ghost a picture.
      avatarChosen: true,
      admin: false,
      state: 'deactivated' as const,
    }
    const [deleted] = await tx.user.updateManyAndReturn({
      where: { id: user.id, username: user.username },
      data: { ...ghost, updatedAt: databaseNow() },
    })
    // Somebody may have deleted the account meanwhile.
    if (!deleted) throw notFoundOrForbidden()
    // What the account was given meanwhile. Whoever gives it something keeps its row until then (keepUser), so nothing is missed.
    await removeBelongings(tx, user.id)
    await recordUserEvent(tx, context, user, { type: 'user_destroyed', message: `Deleted ${user.username}` })
    return deleted
  })
})
