import { columnsOf } from '../../connections/columns.ts'
import type { Tx } from '../../db.ts'
import { Prisma, type Release } from '../../generated/prisma/client.ts'
import { reviveRelease } from './release-loaders.ts'

/** Who changes groups and projects holds it alone, who changes what is in them shared (see the first migration). */
const TREE_LOCK = 7_927_003

const columns = columnsOf('r', Prisma.ReleaseScalarFieldEnum)

/**
 * The release as it is now, which nobody else changes or deletes before the transaction ends; null when it is gone. The
 * lock of the tree comes first, as in every write: otherwise this meets one who deletes the project and they deadlock.
 */
export async function lockRelease(tx: Tx, id: number): Promise<Release | null> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock_shared(${TREE_LOCK}::int, 0)`
  const [locked] = await tx.$queryRaw<{ row: string }[]>`
    SELECT row_to_json(release)::text AS row
    FROM (SELECT ${columns} FROM releases r WHERE r.id = ${id} FOR NO KEY UPDATE) release`
  return locked ? reviveRelease(JSON.parse(locked.row) as Release) : null
}
