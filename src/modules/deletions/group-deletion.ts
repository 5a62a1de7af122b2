import { recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import type { Tx } from '../../database/db.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { notFoundOrForbidden } from '../../foundation/errors.ts'
import type { Group } from '../../generated/prisma/client.ts'
import { once, transact } from '../../idempotency/once.ts'
import { onGroupPathTaken } from '../groups/create-group.ts'
import { getGroupFor } from '../groups/find-group.ts'
import { insertDeletion, lockTree, pathAside, takeBackDeletion } from './deletion-rows.ts'
import { findRestorableGroup } from './find-restorable.ts'

type ByPath = { groupPath: string }

async function record(tx: Tx, context: Context, group: Group, done: 'deleted' | 'restored'): Promise<void> {
  await recordAuditEvent(tx, context, {
    type: done === 'deleted' ? 'group_deletion_marked' : 'group_restored',
    // An event of the group above, so that it outlives the group.
    scope: group.parentId === null ? null : { groupId: group.parentId },
    target: { type: 'Group', id: group.id, details: group.fullPath },
    message: `${done === 'deleted' ? 'Deleted' : 'Restored'} the group ${group.fullPath}`,
  })
}

/** Hides a group and everything below it from everybody, and frees its path. A job removes it all later. */
export const deleteGroup = once(async (context: Context, { groupPath }: ByPath): Promise<Group> => {
  const { id } = await getGroupFor(context, 'group:delete', groupPath)
  return transact(context, async (tx) => {
    await lockTree(tx)
    const group = await tx.group.findFirst({ where: { id, deletedAt: null } })
    // Somebody may have deleted it meanwhile.
    if (!group) throw notFoundOrForbidden()
    await insertDeletion(tx, { groupId: id }, group.path)
    await record(tx, context, group, 'deleted')
    return tx.group.update({ where: { id }, data: { path: pathAside(group), updatedAt: databaseNow() } })
  })
})

/** Restores a deleted group with everything below it. What was deleted by itself before stays deleted. */
export const restoreGroup = once(async (context: Context, { groupPath }: ByPath): Promise<Group> => {
  const found = await findRestorableGroup(context, groupPath)
  if (!found) throw notFoundOrForbidden()
  const { id } = found
  return transact(context, async (tx) => {
    await lockTree(tx)
    const path = await takeBackDeletion(tx, { groupId: id })
    const group = await tx.group.update({ where: { id }, data: { path, updatedAt: databaseNow() } })
    await record(tx, context, group, 'restored')
    return group
  }).catch(onGroupPathTaken)
})
