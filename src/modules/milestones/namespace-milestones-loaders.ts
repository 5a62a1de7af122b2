import type { Context } from '../../context/context.ts'
import { type MilestoneState, Prisma } from '../../generated/prisma/client.ts'
import { connection } from '../../rows/page.ts'
import type { Window } from '../../rows/window.ts'
import { byDueDate, milestones } from './milestone-loaders.ts'

type MilestoneFilter = { state?: MilestoneState | null | undefined; title?: string | null | undefined }

const matching = ({ state, title }: MilestoneFilter) => Prisma.sql`
  ${state == null ? Prisma.empty : Prisma.sql`AND m.state = ${state}::"MilestoneState"`}
  ${title == null ? Prisma.empty : Prisma.sql`AND m.title = ${title}`}`

/** The milestones of a project or a group, whose id is in this column. */
function milestonesBy(column: 'm.project_id' | 'm.group_id') {
  const { page, count } = milestones.childrenOf({ column })
  return (context: Context, owner: { id: number }, { filter, window }: { filter: MilestoneFilter; window: Window }) => {
    const where = matching(filter)
    return connection(page(context, owner, { window, order: byDueDate, where }), () => count(context, owner.id, where))
  }
}

export const milestonesOfProject = milestonesBy('m.project_id')
export const milestonesOfGroup = milestonesBy('m.group_id')
