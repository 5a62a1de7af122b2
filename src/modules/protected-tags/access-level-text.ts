import type { Context } from '../../context/context.ts'
import type { ProtectedTagAccessLevel } from '../../generated/prisma/client.ts'
import { findGroupById } from '../groups/find-group.ts'
import { userById } from '../users/user-loaders.ts'

const roleTexts: Readonly<Record<number, string>> = { 0: 'No one', 30: 'Developers + Maintainers', 40: 'Maintainers' }

/** Says in words whom an access level admits. Null for a group that the viewer may not read. */
export async function describeAccessLevel(context: Context, level: ProtectedTagAccessLevel): Promise<string | null> {
  if (level.accessLevel !== null) return roleTexts[level.accessLevel] ?? null
  if (level.userId !== null) return (await userById(context).load(level.userId))?.name ?? null
  if (level.groupId !== null) return (await findGroupById(context, level.groupId))?.name ?? null
  return `Deploy key ${level.deployKeyId}`
}
