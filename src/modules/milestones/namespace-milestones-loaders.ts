import type { Context } from '../../context/context.ts'
import { type MilestoneState, Prisma } from '../../generated/prisma/client.ts'
import { listOf } from '../../rows/list.ts'
import type { PageInput } from '../../rows/numbered-page.ts'
import type { PageArguments } from '../../rows/window.ts'
import { idOf, type Namespace } from '../projects/namespace.ts'
import { byDueDate, milestones } from './milestone-loaders.ts'

/** What is absent or null does not narrow. */
type MilestoneFilter = {
  state?: MilestoneState | null | undefined
  title?: string | null | undefined
  /** In the title or in the description, in any letter case. */
  search?: string | null | undefined
  /** Numbers within the project or the group. */
  iids?: readonly number[] | null | undefined
}

const matching = ({ state, title, search, iids }: MilestoneFilter) => Prisma.sql`
  ${state == null ? Prisma.empty : Prisma.sql`AND m.state = ${state}::"MilestoneState"`}
  ${title == null ? Prisma.empty : Prisma.sql`AND m.title = ${title}`}
  ${search == null ? Prisma.empty : Prisma.sql`AND position(lower(${search}) in lower(concat_ws(' ', m.title, m.description))) > 0`}
  ${iids == null ? Prisma.empty : Prisma.sql`AND m.iid = ANY (${iids}::int[])`}`

/** The milestones of a project or a group, whose id is in this column. */
const milestonesBy = (column: 'm.project_id' | 'm.group_id') =>
  listOf({
    children: milestones.childrenOf({ column }),
    select: (filter: PageArguments & MilestoneFilter) => ({ order: byDueDate, where: matching(filter) }),
  }).connection.resolve

export const milestonesOfProject = milestonesBy('m.project_id')
export const milestonesOfGroup = milestonesBy('m.group_id')

export function numberedMilestones(context: Context, namespace: Namespace, filter: MilestoneFilter, page: PageInput) {
  const owner = idOf(namespace)
  const ofOwner =
    'projectId' in owner ? Prisma.sql`m.project_id = ${owner.projectId}` : Prisma.sql`m.group_id = ${owner.groupId}`
  const where = Prisma.sql`${ofOwner} ${matching(filter)}`
  return milestones.numberedPage(context, 'numberedPage', { where, order: byDueDate }, page)
}
