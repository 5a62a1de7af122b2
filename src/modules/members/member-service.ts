import { type Role, role as roles } from '../../access/roles.ts'
import { recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import type { Tx } from '../../database/db.ts'
import { RuleViolation } from '../../foundation/errors.ts'
import { assertNoProblems, expiryProblems } from '../../foundation/rules.ts'
import type { User } from '../../generated/prisma/client.ts'
import { once, transact } from '../../idempotency/once.ts'
import {
  getNamespaceFor,
  idOf,
  type Namespace,
  type NamespacePath,
  pathOf,
  roleInNamespace,
} from '../projects/namespace.ts'
import { getUser, keepUser } from '../users/find-user.ts'
import { deleteMember, findMember, hasOtherOwner, lockMembers, type Member, upsertMember } from './member-rows.ts'

export type MemberNode = Member & { user: User; namespace: Namespace }

export type MemberSet = NamespacePath & {
  username: string
  role: Role
  /** Null or absent: a member until somebody removes them. */
  expiresAt?: Date | null | undefined
}
export type MemberRemove = NamespacePath & { username: string }

/** A viewer can neither give a role above the viewer's own, nor change a member who has such a role. */
function assertNotAbove({ viewer }: Context, namespace: Namespace, role: number): void {
  if (role > roleInNamespace(viewer, namespace)) {
    throw new RuleViolation('FORBIDDEN', 'You cannot give, change or take away a role above your own')
  }
}

/** A group always keeps an owner. A project needs none, because the owner of its group owns it too. */
async function assertOwnerStays(tx: Tx, namespace: Namespace, { userId, role }: Member): Promise<void> {
  if ('project' in namespace || role !== roles.owner) return
  if (await hasOtherOwner(tx, namespace.group, { userId, owner: roles.owner })) return
  throw new RuleViolation('INVALID', 'The last owner of a group must stay: make somebody else its owner first')
}

const nameOfRole = (role: number) => Object.entries(roles).find(([, value]) => value === role)?.[0] ?? String(role)

type Event = { type: 'member_created' | 'member_updated' | 'member_destroyed'; message: string }

const record = (tx: Tx, context: Context, { user, namespace }: MemberNode, event: Event) =>
  recordAuditEvent(tx, context, {
    ...event,
    scope: idOf(namespace),
    target: { type: 'User', id: user.id, details: user.username },
  })

/** Makes an account a member of a project or of a group, or gives a member another role or another end date. */
export const setMember = once(async (context: Context, input: MemberSet): Promise<MemberNode> => {
  const namespace = await getNamespaceFor(context, 'member:write', input)
  const { username, role, expiresAt = null } = input
  assertNotAbove(context, namespace, role)
  assertNoProblems(expiryProblems(expiresAt))
  const user = await getUser(username)
  return transact(context, async (tx) => {
    await lockMembers(tx, namespace)
    await keepUser(tx, user)
    const present = await findMember(tx, namespace, user.id)
    if (present) assertNotAbove(context, namespace, present.role)
    if (present && (role < roles.owner || expiresAt !== null)) await assertOwnerStays(tx, namespace, present)
    const member = { ...(await upsertMember(tx, namespace, user.id, { role, expiresAt })), user, namespace }
    const until = expiresAt ? ` until ${expiresAt.toISOString()}` : ''
    await record(tx, context, member, {
      type: present ? 'member_updated' : 'member_created',
      message: `Made ${user.username} ${nameOfRole(role)} of ${pathOf(namespace)}${until}`,
    })
    return member
  })
})

/** Removes a member. All members may remove themselves. Roles from groups above stay. */
export const removeMember = once(async (context: Context, input: MemberRemove): Promise<MemberNode> => {
  const isOwn = context.viewer.user?.username.toLowerCase() === input.username.toLowerCase()
  const namespace = await getNamespaceFor(context, isOwn ? 'member:leave' : 'member:write', input)
  const user = await getUser(input.username)
  return transact(context, async (tx) => {
    await lockMembers(tx, namespace)
    const present = await findMember(tx, namespace, user.id)
    if (!present) {
      throw new RuleViolation('NOT_FOUND', `${user.username} is not a member of ${pathOf(namespace)} itself`)
    }
    assertNotAbove(context, namespace, present.role)
    await assertOwnerStays(tx, namespace, present)
    const member = { ...(await deleteMember(tx, namespace, user.id)), user, namespace }
    await record(tx, context, member, {
      type: 'member_destroyed',
      message: `Took the role ${nameOfRole(present.role)} in ${pathOf(namespace)} from ${user.username}`,
    })
    return member
  })
})
