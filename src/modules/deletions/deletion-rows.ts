// A deletion is a row, which can be taken back until a job has removed everything. prisma/sql/deletions.sql hides the projects and
// groups that have such a row.
import type { Tx } from '../../database/db.ts'
import { dequeue, enqueue, type Jobs } from '../../database/job-queue.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { notFoundOrForbidden } from '../../foundation/errors.ts'
import { Prisma } from '../../generated/prisma/client.ts'

export const RESTORABLE_DAYS = 7
const DAY_MS = 24 * 60 * 60_000

/** The two kinds of things that can be restored. */
export type Subject = { projectId: number } | { groupId: number }

const columnOf = (subject: Subject) =>
  'projectId' in subject ? Prisma.sql`project_id = ${subject.projectId}` : Prisma.sql`group_id = ${subject.groupId}`

const jobOf = (subject: Subject): [keyof Jobs, string] =>
  'projectId' in subject
    ? ['remove-project', `remove project ${subject.projectId}`]
    : ['remove-group', `remove group ${subject.groupId}`]

/**
 * The lock that every change of the tree takes (prisma/sql/tree-lock.sql). It is taken before a row is locked, so that a change of
 * the tree at the same time waits instead of deadlocking.
 */
export const lockTree = (tx: Tx) => tx.$executeRaw`SELECT /* deletions.lockTree */ pg_advisory_xact_lock(7927003, 0)`

const LONGEST_KEPT_PART = 200

/** No path that anybody can choose contains `~`. */
export const pathAside = ({ id, path }: { id: number; path: string }): string =>
  `${path.slice(0, LONGEST_KEPT_PART)}~${id}`

/** Notes the deletion and adds the job that completes it. */
export async function insertDeletion(tx: Tx, subject: Subject, path: string): Promise<void> {
  await tx.deletion.create({ data: { ...subject, path } })
  const [job, key] = jobOf(subject)
  const runAt = new Date(databaseNow().getTime() + RESTORABLE_DAYS * DAY_MS)
  await enqueue(tx, job, subject as Jobs[typeof job], { runAt, key })
}

/** Takes back the deletion and its job, and returns the path before it. Throws when it is too late. */
export async function takeBackDeletion(tx: Tx, subject: Subject): Promise<string> {
  const [row] = await tx.$queryRaw<{ path: string }[]>`
    DELETE /* deletions.takeBack */ FROM deletions
    WHERE ${columnOf(subject)} AND created_at > clock_timestamp() - make_interval(days => ${RESTORABLE_DAYS}) RETURNING path`
  if (!row) throw notFoundOrForbidden()
  await dequeue(tx, jobOf(subject)[1])
  return row.path
}

/**
 * Whether the time to restore is over. Writes the row, because a restoration that waits for a written row looks at the time again,
 * so that nothing is restored after its files have begun to go.
 */
export async function isOver(tx: Tx, subject: Subject): Promise<boolean> {
  const count = await tx.$executeRaw`
    UPDATE /* deletions.end */ deletions SET path = path
    WHERE ${columnOf(subject)} AND created_at <= clock_timestamp() - make_interval(days => ${RESTORABLE_DAYS})`
  return count > 0
}
