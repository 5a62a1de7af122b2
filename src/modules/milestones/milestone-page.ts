import { validUntil } from '../../context/answer-life.ts'
import type { Context } from '../../context/context.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import type { Milestone } from '../../generated/prisma/client.ts'
import { groupById } from '../groups/group-loaders.ts'
import { projectById } from '../projects/project-loaders.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** Today's date (UTC). An answer that depends on the date is valid until midnight. */
export function todayIn(context: Context): string {
  const date = databaseNow().toISOString().slice(0, 10)
  validUntil(context, Date.parse(date) + DAY_MS)
  return date
}

export async function milestonePath(context: Context, { projectId, groupId, iid }: Milestone): Promise<string> {
  if (projectId !== null) {
    const project = await projectById(context).load(projectId)
    return `/${project?.fullPath}/-/milestones/${iid}`
  }
  const group = await groupById(context).load(groupId as number) // the database makes sure that there is a project or a group
  return `/groups/${group?.fullPath}/-/milestones/${iid}`
}
