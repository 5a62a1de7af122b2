import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { type Milestone, type MilestoneState, Prisma } from '../../generated/prisma/client.ts'
import type { Page } from '../../rows/page.ts'
import { pageLoader } from '../../rows/page-loader.ts'
import type { Window } from '../../rows/window.ts'
import { byDueDate, milestoneColumns } from './milestone-loaders.ts'

export type MilestoneFilter = { state?: MilestoneState | null | undefined; title?: string | null | undefined }
type Owner = { projectId: number } | { groupId: number }

const from = Prisma.sql`milestones m`

const pagesOfProject = pageLoader<Milestone>({
  ...milestoneColumns,
  statement: 'milestones.pageOfProject',
  from,
  parent: Prisma.sql`m.project_id`,
})
const pagesOfGroup = pageLoader<Milestone>({
  ...milestoneColumns,
  statement: 'milestones.pageOfGroup',
  from,
  parent: Prisma.sql`m.group_id`,
})

const matching = ({ state, title }: MilestoneFilter) => Prisma.sql`
  ${state == null ? Prisma.empty : Prisma.sql`AND m.state = ${state}::"MilestoneState"`}
  ${title == null ? Prisma.empty : Prisma.sql`AND m.title = ${title}`}`

export function milestonesOf(
  context: Context,
  owner: Owner,
  { window, filter }: { window: Window; filter: MilestoneFilter },
): Promise<Page<Milestone>> {
  const key = { window, order: byDueDate, where: matching(filter) }
  return 'projectId' in owner
    ? pagesOfProject(context).load({ ...key, parentId: owner.projectId })
    : pagesOfGroup(context).load({ ...key, parentId: owner.groupId })
}

export const countOfMilestonesOf = (owner: Owner, { state, title }: MilestoneFilter): Promise<number> =>
  db.milestone.count({ where: { ...owner, ...(state == null ? {} : { state }), ...(title == null ? {} : { title }) } })
