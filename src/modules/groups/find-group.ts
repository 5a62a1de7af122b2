import { canInGroup, type GroupAbility } from '../../access/group-abilities.ts'
import { readsGroup } from '../../access/visibility.ts'
import type { Context } from '../../context/context.ts'
import { notFoundOrForbidden } from '../../foundation/errors.ts'
import type { Group } from '../../generated/prisma/client.ts'
import { type Plan, wholeRow } from '../../rows/plan.ts'
import { groupById, groupByPath } from './group-loaders.ts'

/** Whoever asks; as it is now, because the request itself may have created it. */
export const findGroupAt = (fullPath: string): Promise<Group | null> => groupByPath.anew(fullPath)

/** The group at this path, if the viewer has the ability. A hidden group and a missing ability give the same error. */
export async function getGroupFor({ viewer }: Context, ability: GroupAbility, fullPath: string): Promise<Group> {
  const group = await findGroupAt(fullPath)
  // The ability is enough, because every ability needs a role, and every role may read the group.
  if (!group || !canInGroup(viewer, ability, group)) throw notFoundOrForbidden()
  return group
}

/** Like `findGroup`, by number. */
export async function findGroupById(context: Context, id: number): Promise<Group | null> {
  const group = await groupById(context).load(id)
  return group && readsGroup(context.viewer, group) ? group : null
}

/** Null for a missing and for a hidden group. `plan` says what is read along with the group, and shown only with it. */
export async function findGroup(context: Context, fullPath: string, plan: Plan = wholeRow): Promise<Group | null> {
  const group = await groupByPath(context).load(fullPath, plan)
  if (group) groupById(context).prime(group.id, group)
  return group && readsGroup(context.viewer, group) ? group : null
}

/** Like `findGroup`, by the number or the full path, as in the URLs of the REST API. */
export const findGroupByIdOrPath = (context: Context, text: string): Promise<Group | null> =>
  /^\d{1,9}$/.test(text) ? findGroupById(context, Number(text)) : findGroup(context, text)
