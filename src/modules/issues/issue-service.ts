import type { Tx } from '../../database/db.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import type { Issue, Prisma } from '../../generated/prisma/client.ts'

type IssueInsert = Pick<
  Prisma.IssueUncheckedCreateInput,
  'title' | 'description' | 'authorId' | 'milestoneId' | 'confidential' | 'dueDate'
> & { projectId: number }

/** Gives the issue the number after the last issue of the project. */
export async function insertIssue(tx: Tx, input: IssueInsert): Promise<Issue> {
  const { projectId } = input
  // Without the lock two issues that are created at the same time would get the same number.
  await tx.$executeRaw`SELECT /* issues.lockIids */ pg_advisory_xact_lock(hashtextextended(${`issues ${projectId}`}, 0))`
  const last = await tx.issue.aggregate({ where: { projectId }, _max: { iid: true } })
  return tx.issue.create({ data: { ...input, iid: (last._max.iid ?? 0) + 1, updatedAt: databaseNow() } })
}
