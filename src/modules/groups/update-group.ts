import { canInGroup } from '../../access/group-abilities.ts'
import { describeChanges } from '../../audit/describe-changes.ts'
import { recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { notFoundOrForbidden } from '../../foundation/errors.ts'
import {
  assertNoProblems,
  type Changes,
  descriptionProblems,
  nameProblems,
  withoutUndefined,
} from '../../foundation/rules.ts'
import type { Group } from '../../generated/prisma/client.ts'
import { once, transact } from '../../idempotency/once.ts'
import { onGroupPathTaken } from './create-group.ts'
import { getGroupFor } from './find-group.ts'
import { groupById } from './group-loaders.ts'
import { assertMayHavePath } from './move-group.ts'

export type GroupUpdate = { groupPath: string } & Changes<Group, 'name' | 'path' | 'description' | 'visibility'>

async function assertMayRename(context: Context, group: Group, path: string): Promise<void> {
  if (!canInGroup(context.viewer, 'group:move', group)) throw notFoundOrForbidden()
  const parent = group.parentId === null ? null : await groupById(context).load(group.parentId)
  await assertMayHavePath(group, path, parent)
}

export const updateGroup = once(async (context: Context, { groupPath, ...changes }: GroupUpdate): Promise<Group> => {
  const group = await getGroupFor(context, 'group:update', groupPath)
  const data = withoutUndefined(changes)
  assertNoProblems([...nameProblems('Name', data.name), ...descriptionProblems(data.description)])
  if (Object.keys(data).length === 0) return group
  if (data.path !== undefined) await assertMayRename(context, group, data.path)
  return transact(context, async (tx) => {
    const updated = await tx.group.update({ where: { id: group.id }, data: { ...data, updatedAt: databaseNow() } })
    await recordAuditEvent(tx, context, {
      type: 'group_updated',
      scope: { groupId: group.id },
      target: { type: 'Group', id: group.id, details: group.fullPath },
      message: `Changed the group ${group.fullPath}: ${describeChanges(data)}`,
    })
    return updated
  }).catch(onGroupPathTaken)
})
