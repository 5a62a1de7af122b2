import { z } from 'zod'
import type { Context } from '../../context/context.ts'
import { type Group, Prisma, type Project } from '../../generated/prisma/client.ts'
import { IntegerValue } from '../../rows/cursor-values.ts'
import type { Order } from '../../rows/keyset.ts'
import { listOf } from '../../rows/list.ts'
import { extendPage, type NumberedPage, type PageInput } from '../../rows/numbered-page.ts'
import { table } from '../../rows/table.ts'
import type { Namespace } from '../projects/namespace.ts'
import type { Member } from './member-rows.ts'

/** A member with the project or group that the role counts in. */
export type MemberNode = Member & { namespace: Namespace }

/** The highest role first, then the oldest account. */
const byRole: Order<Member> = {
  name: 'MEMBERS',
  direction: 'desc',
  terms: [Prisma.sql`m.role`, Prisma.sql`(-m.user_id)`],
  casts: ['int', 'int'],
  values: z.tuple([IntegerValue, IntegerValue]),
  fields: ['role', 'userId'],
  position: ({ role, userId }) => [role, -userId],
}

const { userId, role, expiresAt, createdAt } = Prisma.ProjectMemberScalarFieldEnum

const membersIn = (name: string) =>
  table<Member>(name, 'm', {
    fields: { userId, role, expiresAt, createdAt },
    dates: { expiresAt: true, createdAt: true },
  })

const members = membersIn('members')

export const membersOfProject = listOf({
  children: membersIn('project_members').childrenOf({ column: 'm.project_id' }),
  select: () => ({ order: byRole }),
  extra: (project: Project) => ({ namespace: { project } }),
}).connection.resolve

export const membersOfGroup = listOf({
  children: membersIn('group_members').childrenOf({ column: 'm.group_id' }),
  select: () => ({ order: byRole }),
  extra: (group: Group) => ({ namespace: { group } }),
}).connection.resolve

/** Of each account the membership with the highest role, in the project or in a group above it. */
const withGroups = (project: Project) => Prisma.sql`(
  SELECT DISTINCT ON (user_id) user_id, role, created_at, expires_at
  FROM (
    SELECT user_id, role, created_at, expires_at FROM project_members WHERE project_id = ${project.id}
    UNION ALL
    SELECT user_id, role, created_at, expires_at FROM group_members WHERE group_id = ANY (${project.ancestorIds}::int[])
  ) AS memberships
  WHERE expires_at IS NULL OR expires_at > now()
  ORDER BY user_id, role DESC
) AS m`

export async function numberedMembers(
  context: Context,
  project: Project,
  page: PageInput,
): Promise<NumberedPage<MemberNode>> {
  const order = { terms: [Prisma.sql`m.user_id`], direction: 'asc' } as const
  const selected = { from: withGroups(project), where: Prisma.sql`true`, order }
  return extendPage(await members.numberedPage(context, 'numberedPageOfProject', selected, page), {
    namespace: { project },
  })
}

/** A member of a project or of a group above it. */
export async function findMemberWithGroups(project: Project, userId: number): Promise<MemberNode | null> {
  const [member] = await members.read(
    'ofProject',
    Prisma.sql`SELECT ${members.columns} FROM ${withGroups(project)} WHERE m.user_id = ${userId}`,
  )
  return member ? { ...member, namespace: { project } } : null
}
