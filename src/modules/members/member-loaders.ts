import DataLoader from 'dataloader'
import { z } from 'zod'
import { type Context, perRequest } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { type Group, Prisma, type Project } from '../../generated/prisma/client.ts'
import { IntegerValue } from '../../rows/cursor-values.ts'
import type { Order } from '../../rows/keyset.ts'
import { extendRows, type Page } from '../../rows/page.ts'
import { pageLoader } from '../../rows/page-loader.ts'
import type { Window } from '../../rows/window.ts'
import type { Member } from './member-service.ts'

/** Highest role first; then who has had an account for longest. */
const byRole: Order<Member> = {
  name: 'MEMBERS',
  direction: 'desc',
  terms: [Prisma.sql`m.role`, Prisma.sql`(-m.user_id)`],
  casts: ['int', 'int'],
  values: z.tuple([IntegerValue, IntegerValue]),
  fields: ['role', 'userId'],
  position: ({ role, userId }) => [role, -userId],
}

const columns = Prisma.sql`
  m.user_id AS "userId", m.role, m.expires_at AS "expiresAt", m.created_at AS "createdAt"`

const dates = { expiresAt: true, createdAt: true } as const

const pagesOfProject = pageLoader<Member>({
  statement: 'members.pageOfProject',
  columns,
  dates,
  from: Prisma.sql`project_members m`,
  parent: Prisma.sql`m.project_id`,
})
const pagesOfGroup = pageLoader<Member>({
  statement: 'members.pageOfGroup',
  columns,
  dates,
  from: Prisma.sql`group_members m`,
  parent: Prisma.sql`m.group_id`,
})

export const membersOfProject = async (context: Context, project: Project, window: Window) => {
  const page: Page<Member> = await pagesOfProject(context).load({ parentId: project.id, window, order: byRole })
  return extendRows(page, () => ({ namespace: { project } }))
}

export const membersOfGroup = async (context: Context, group: Group, window: Window) => {
  const page: Page<Member> = await pagesOfGroup(context).load({ parentId: group.id, window, order: byRole })
  return extendRows(page, () => ({ namespace: { group } }))
}

export const countOfProjectMembers = perRequest(
  () =>
    new DataLoader<number, number>(async (projectIds) => {
      const where = { projectId: { in: [...projectIds] } }
      const groups = await db.projectMember.groupBy({ by: ['projectId'], where, _count: true })
      const counts = new Map(groups.map((group) => [group.projectId, group._count]))
      return projectIds.map((id) => counts.get(id) ?? 0)
    }),
)

export const countOfGroupMembers = perRequest(
  () =>
    new DataLoader<number, number>(async (groupIds) => {
      const where = { groupId: { in: [...groupIds] } }
      const groups = await db.groupMember.groupBy({ by: ['groupId'], where, _count: true })
      const counts = new Map(groups.map((group) => [group.groupId, group._count]))
      return groupIds.map((id) => counts.get(id) ?? 0)
    }),
)
