import type { Tx } from '../../database/db.ts'
import { Prisma, type Release } from '../../generated/prisma/client.ts'
import { columnsOf } from '../../rows/columns.ts'
import { releases } from './release-loaders.ts'

/** Who changes groups and projects holds it alone, who changes what is in them shared (see the first migration). */
const TREE_LOCK = 7_927_003

/**
 * The same ids, an array, once the transaction holds the lock of the tree. That comes first, as in every write: otherwise who
 * locks a row of a release meets one who deletes the project, and they deadlock. No row can be found without its id, and so
 * none is locked before the tree, however the statement is planned.
 */
export const lockedTree = (ids: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`(SELECT ${ids} FROM pg_advisory_xact_lock_shared(${TREE_LOCK}::int, 0))::int[]`

const columns = columnsOf('r', Prisma.ReleaseScalarFieldEnum)

/**
 * The release as it is now, which nobody else changes or deletes before the transaction ends; null when it is gone. The
 * statement reads nothing but the row that it locks: PostgreSQL reads that anew when it had to wait for it, and would give
 * other rows as they were before.
 */
export async function lockRelease(tx: Tx, id: number): Promise<Release | null> {
  const [locked] = await tx.$queryRaw<{ row: string }[]>`
    SELECT /* releases.lock */ row_to_json(release)::text AS row
    FROM (SELECT ${columns} FROM releases r WHERE r.id = ANY (${lockedTree(Prisma.sql`ARRAY[${id}::int]`)}) FOR NO KEY UPDATE) release`
  return locked ? releases.revive(JSON.parse(locked.row) as Release) : null
}
