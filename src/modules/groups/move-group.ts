// A group that gets another path or another place takes the addresses of everything below it along.
import { recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { RuleViolation } from '../../foundation/errors.ts'
import { pathProblems } from '../../foundation/project-path.ts'
import { assertNoProblems } from '../../foundation/rules.ts'
import { maxCharacters } from '../../foundation/text-limits.ts'
import type { Group } from '../../generated/prisma/client.ts'
import { once, transact } from '../../idempotency/once.ts'
import { addOwner, getParent, onGroupPathTaken } from './create-group.ts'
import { getGroupFor } from './find-group.ts'

type Parent = Pick<Group, 'fullPath' | 'ancestorIds'> | null

/** Throws when the group cannot have this path below this parent, or when a path below the group became too long. */
export async function assertMayHavePath(group: Group, path: string, parent: Parent): Promise<void> {
  assertNoProblems(pathProblems(path, parent))
  const longer = (parent ? parent.fullPath.length + 1 : 0) + path.length - group.fullPath.length
  if (longer <= 0) return
  const [longest] = await db.$queryRaw<[{ length: number | null }]>`
    SELECT /* groups.longestPathBelow */ max(length(full_path))::int AS length FROM (
      SELECT full_path FROM groups WHERE ancestor_ids @> ARRAY[${group.id}::int]
      UNION ALL SELECT full_path FROM projects WHERE ancestor_ids @> ARRAY[${group.id}::int]) AS below`
  if ((longest.length ?? 0) + longer <= maxCharacters.fullPath) return
  throw new RuleViolation(
    'INVALID',
    `A path below the group would be too long (maximum is ${maxCharacters.fullPath} characters)`,
  )
}

export type GroupTransfer = {
  groupPath: string
  /** The group that it moves to. Absent: the group moves to the top. */
  parentPath?: string | null | undefined
}

/** Moves a group to another group, or to the top. Its own members stay, and the members of the groups above change. */
export const transferGroup = once(
  async (context: Context, { groupPath, parentPath }: GroupTransfer): Promise<Group> => {
    const group = await getGroupFor(context, 'group:move', groupPath)
    const parent = await getParent(context, parentPath)
    if ((parent?.id ?? null) === group.parentId) throw new RuleViolation('INVALID', 'The group is already there')
    if (parent?.ancestorIds.includes(group.id)) {
      throw new RuleViolation('INVALID', 'A group cannot move into itself or a group below it')
    }
    await assertMayHavePath(group, group.path, parent)
    return transact(context, async (tx) => {
      const data = { parentId: parent?.id ?? null, updatedAt: databaseNow() }
      const moved = await tx.group.update({ where: { id: group.id }, data })
      await addOwner(tx, context, moved)
      await recordAuditEvent(tx, context, {
        type: 'group_updated',
        scope: { groupId: group.id },
        target: { type: 'Group', id: group.id, details: group.fullPath },
        message: `Moved the group ${group.fullPath} to ${moved.fullPath}`,
      })
      return moved
    }).catch(onGroupPathTaken)
  },
)
