import type { Context } from '../../context.ts'
import { db } from '../../db.ts'
import { notFoundOrForbidden } from '../../errors.ts'
import type { Group } from '../../generated/prisma/client.ts'
import { canInGroup, type GroupAbility } from '../access/group-abilities.ts'
import { findGroupId } from './group-service.ts'

/** The group of that path, for who may do that; one error for a hidden group and a missing permission. */
export async function getGroupFor({ viewer }: Context, ability: GroupAbility, fullPath: string): Promise<Group> {
  const id = await findGroupId(db, fullPath)
  const group = id === null ? null : await db.group.findUnique({ where: { id } })
  // Every ability needs a role, and a role is enough to read the group.
  if (!group || !canInGroup(viewer, ability, group)) throw notFoundOrForbidden()
  return group
}
