import type { Tx } from '../../database/db.ts'
import { Prisma, type Release } from '../../generated/prisma/client.ts'
import { columnsOf } from '../../rows/columns.ts'
import { releases } from './release-loaders.ts'

/** The lock of `prisma/sql/tree-lock.sql`. A change of groups or projects holds it alone, other changes share it. */
const TREE_LOCK = 7_927_003

/**
 * Takes the lock of the tree, and then gives the same array of ids. Every write takes this lock first. Otherwise a statement that
 * locks a release would deadlock with one that deletes the project. A row cannot be found without its id, so no row is locked
 * before the tree, however PostgreSQL plans the statement.
 */
export const lockedTree = (ids: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`(SELECT ${ids} FROM pg_advisory_xact_lock_shared(${TREE_LOCK}::int, 0))::int[]`

const columns = columnsOf('r', Prisma.ReleaseScalarFieldEnum)

/**
 * Reads the release as it is now, and locks it until the transaction ends. Null when the release is gone. The statement reads
 * nothing but the row that it locks. If it has to wait for the lock, PostgreSQL reads that row again, but would give other rows
 * as they were.
 */
export async function lockRelease(tx: Tx, id: number): Promise<Release | null> {
  const [locked] = await tx.$queryRaw<{ row: string }[]>`
    SELECT /* releases.lock */ row_to_json(release)::text AS row
    FROM (SELECT ${columns} FROM releases r WHERE r.id = ANY (${lockedTree(Prisma.sql`ARRAY[${id}::int]`)}) FOR NO KEY UPDATE) release`
  return locked ? releases.revive(JSON.parse(locked.row) as Release) : null
}
