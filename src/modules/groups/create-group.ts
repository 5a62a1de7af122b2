import { role } from '../../access/roles.ts'
import { isAccount, isAdministrator } from '../../access/viewer.ts'
import { recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import type { Tx } from '../../database/db.ts'
import { onUniqueViolation } from '../../database/unique-violation.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { notFoundOrForbidden, RuleViolation } from '../../foundation/errors.ts'
import { pathProblems } from '../../foundation/project-path.ts'
import { assertNoProblems, descriptionProblems, nameProblems } from '../../foundation/rules.ts'
import type { Group, Visibility } from '../../generated/prisma/client.ts'
import { once, transact } from '../../idempotency/once.ts'
import { findGroupAt, getGroupFor } from './find-group.ts'

export type GroupCreate = {
  parentPath?: string | null | undefined
  path: string
  /** Absent: the path. */
  name?: string | null | undefined
  description?: string | null | undefined
  /** Absent: private. */
  visibility?: Visibility | null | undefined
}

const taken = () => new RuleViolation('CONFLICT', 'Path has already been taken', { path: ['has already been taken'] })

export const onGroupPathTaken = onUniqueViolation({
  groups_full_path_key: taken,
  groups_lower_full_path_key: taken,
  namespace_path_is_free: taken,
})

/** Everybody with an account may put a group at the top. A group inside another group needs a role there. */
export async function getParent(context: Context, parentPath: string | null | undefined): Promise<Group | null> {
  if (parentPath != null) return getGroupFor(context, 'subgroup:create', parentPath)
  if (!isAccount(context.viewer) && !isAdministrator(context.viewer)) throw notFoundOrForbidden()
  return null
}

/** Whoever puts a group at the top owns it. In a group inside another group, the roles in the groups above count. */
export async function addOwner(tx: Tx, context: Context, group: Group): Promise<void> {
  const { user, groupRoles } = context.viewer
  if (!user || group.parentId !== null) return
  const member = { groupId: group.id, userId: user.id, role: role.owner }
  await tx.groupMember.upsert({
    where: { userId_groupId: { userId: user.id, groupId: group.id } },
    create: member,
    update: { role: role.owner, expiresAt: null },
  })
  context.viewer = { ...context.viewer, groupRoles: new Map(groupRoles).set(group.id, role.owner) }
}

export const createGroup = once(async (context: Context, input: GroupCreate): Promise<Group> => {
  const parent = await getParent(context, input.parentPath)
  const { path, name: givenName, description = null } = input
  const name = givenName ?? path
  assertNoProblems([...pathProblems(path, parent), ...nameProblems('Name', name), ...descriptionProblems(description)])
  const visibility = input.visibility ?? 'private'
  return transact(context, async (tx) => {
    const values = { parentId: parent?.id ?? null, path, name, description, visibility }
    const group = await tx.group.create({ data: { ...values, updatedAt: databaseNow() } })
    await addOwner(tx, context, group)
    await recordAuditEvent(tx, context, {
      type: 'group_created',
      scope: { groupId: group.id },
      target: { type: 'Group', id: group.id, details: group.fullPath },
      message: `Created the ${visibility} group ${group.fullPath}`,
    })
    return group
  }).catch(onGroupPathTaken)
})

/** Creates the group, and the groups above it, if they are missing. */
export async function ensureGroup(context: Context, fullPath: string, visibility?: Visibility): Promise<void> {
  if (await findGroupAt(fullPath)) return
  const segments = fullPath.split('/')
  const path = segments.pop() ?? ''
  const parentPath = segments.length > 0 ? segments.join('/') : null
  if (parentPath !== null) await ensureGroup(context, parentPath, visibility)
  await createGroup(context, { parentPath, path, visibility }).catch(async (error) => {
    // Somebody may have created the group meanwhile.
    if (!(await findGroupAt(fullPath))) throw error
  })
}
