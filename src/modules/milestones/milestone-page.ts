import type { Context } from '../../context/context.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { calendarDate } from '../../foundation/time.ts'
import type { Milestone } from '../../generated/prisma/client.ts'
import { groupById } from '../groups/group-loaders.ts'
import { projectById } from '../projects/project-loaders.ts'

export const today = () => databaseNow().toISOString().slice(0, 10)

/** Whether the due date is before today (UTC). */
export const isExpired = ({ dueDate }: Pick<Milestone, 'dueDate'>): boolean =>
  dueDate !== null && (calendarDate(dueDate) ?? '') < today()

/** The path of the milestone's page. */
export async function milestonePath(context: Context, { projectId, groupId, iid }: Milestone): Promise<string> {
  if (projectId !== null) {
    const project = await projectById(context).load(projectId)
    return `/${project?.fullPath}/-/milestones/${iid}`
  }
  const group = await groupById(context).load(groupId as number) // the database makes sure that there is a project or a group
  return `/groups/${group?.fullPath}/-/milestones/${iid}`
}
