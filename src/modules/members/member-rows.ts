// The rows of members. Groups and projects have a table each, which differ only in the column that names the group or the
// project.
import type { Tx } from '../../database/db.ts'
import type { GroupMember } from '../../generated/prisma/client.ts'
import type { Namespace } from '../projects/namespace.ts'

export type Member = Pick<GroupMember, 'userId' | 'role' | 'expiresAt' | 'createdAt'>

const inProject = (projectId: number, userId: number) => ({ userId_projectId: { userId, projectId } })
const inGroup = (groupId: number, userId: number) => ({ userId_groupId: { userId, groupId } })

export const findMember = (tx: Tx, namespace: Namespace, userId: number): Promise<Member | null> =>
  'project' in namespace
    ? tx.projectMember.findUnique({ where: inProject(namespace.project.id, userId) })
    : tx.groupMember.findUnique({ where: inGroup(namespace.group.id, userId) })

type Values = Pick<Member, 'role' | 'expiresAt'>

export function upsertMember(tx: Tx, namespace: Namespace, userId: number, values: Values): Promise<Member> {
  if ('project' in namespace) {
    const projectId = namespace.project.id
    const create = { ...values, userId, projectId }
    return tx.projectMember.upsert({ where: inProject(projectId, userId), create, update: values })
  }
  const groupId = namespace.group.id
  return tx.groupMember.upsert({
    where: inGroup(groupId, userId),
    create: { ...values, userId, groupId },
    update: values,
  })
}

export const deleteMember = (tx: Tx, namespace: Namespace, userId: number): Promise<Member> =>
  'project' in namespace
    ? tx.projectMember.delete({ where: inProject(namespace.project.id, userId) })
    : tx.groupMember.delete({ where: inGroup(namespace.group.id, userId) })

/**
 * Changes of members of one tree of groups happen one after the other, because otherwise the last two owners could both leave.
 */
export async function lockMembers(tx: Tx, namespace: Namespace): Promise<void> {
  const { ancestorIds } = 'project' in namespace ? namespace.project : namespace.group
  await tx.$executeRaw`SELECT /* members.lock */ pg_advisory_xact_lock(hashtextextended(${`members ${ancestorIds[0]}`}, 0))`
}

/** Whether somebody else owns the group, or a group above it, without an end date. */
export async function hasOtherOwner(
  tx: Tx,
  group: { id: number; ancestorIds: number[] },
  { userId, owner }: { userId: number; owner: number },
): Promise<boolean> {
  const others = {
    groupId: { in: group.ancestorIds },
    role: owner,
    expiresAt: null,
    user: { state: 'active' as const },
    NOT: { groupId: group.id, userId },
  }
  return (await tx.groupMember.count({ where: others })) > 0
}
