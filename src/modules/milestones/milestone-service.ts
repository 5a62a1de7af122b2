import type { Tx } from '../../database/db.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import type { Milestone, Prisma } from '../../generated/prisma/client.ts'

type MilestoneInsert = ({ projectId: number } | { groupId: number }) &
  Pick<Prisma.MilestoneUncheckedCreateInput, 'title' | 'description' | 'startDate' | 'dueDate'>

/** Gives the milestone the number after the last milestone of its project or group. */
export async function insertMilestone(tx: Tx, input: MilestoneInsert): Promise<Milestone> {
  const owner = 'projectId' in input ? { projectId: input.projectId } : { groupId: input.groupId }
  // Without the lock two milestones that are created at the same time would get the same number.
  await tx.$executeRaw`SELECT /* milestones.lockIids */ pg_advisory_xact_lock(hashtextextended(${`milestones ${JSON.stringify(owner)}`}, 0))`
  const last = await tx.milestone.aggregate({ where: owner, _max: { iid: true } })
  return tx.milestone.create({ data: { ...input, iid: (last._max.iid ?? 0) + 1, updatedAt: databaseNow() } })
}
