// The rows of members: a table for groups and one for projects, alike but for the column that names the namespace.
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

/** Those who decide about members of one tree of groups do so one after the other: the last two owners could both leave. */
export async function lockMembers(tx: Tx, namespace: Namespace): Promise<void> {
  const { ancestorIds } = 'project' in namespace ? namespace.project : namespace.group
  await tx.$executeRaw`SELECT /* members.lock */ pg_advisory_xact_lock(hashtextextended(${`members ${ancestorIds[0]}`}, 0))`
}

/** The same for all trees in which the account is a member of a group. In the order of their IDs, so that nobody waits in a circle. */
export async function lockMembersOfUser(tx: Tx, userId: number): Promise<void> {
  await tx.$executeRaw`SELECT /* members.lockOfUser */ pg_advisory_xact_lock(hashtextextended('members ' || root, 0)) FROM (
    SELECT DISTINCT g.ancestor_ids[1] AS root FROM group_members m JOIN groups g ON g.id = m.group_id
    WHERE m.user_id = ${userId} ORDER BY 1) AS trees`
}

/** Whether somebody else owns the group, or one above it, for good. */
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
