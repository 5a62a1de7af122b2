import { z } from 'zod'
import type { Context } from '../../context/context.ts'
import { type Group, Prisma, type Project } from '../../generated/prisma/client.ts'
import { IntegerValue } from '../../rows/cursor-values.ts'
import type { Order } from '../../rows/keyset.ts'
import { extendRows } from '../../rows/page.ts'
import { table } from '../../rows/table.ts'
import type { Window } from '../../rows/window.ts'
import type { Member } from './member-rows.ts'

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

const membersIn = (name: 'project_members' | 'group_members', column: 'm.project_id' | 'm.group_id') =>
  table<Member>(name, 'm', {
    fields: { userId, role, expiresAt, createdAt },
    dates: { expiresAt: true, createdAt: true },
  }).childrenOf({ column })

const ofProject = membersIn('project_members', 'm.project_id')
const ofGroup = membersIn('group_members', 'm.group_id')

export const membersOfProject = (context: Context, project: Project, window: Window) =>
  extendRows(ofProject.page(context, project, { window, order: byRole }), { namespace: { project } })

export const membersOfGroup = (context: Context, group: Group, window: Window) =>
  extendRows(ofGroup.page(context, group, { window, order: byRole }), { namespace: { group } })

export const countOfProjectMembers = ofProject.count
export const countOfGroupMembers = ofGroup.count
