import type { Tx } from '../../db.ts'
import type { Release } from '../../generated/prisma/client.ts'

/** Who changes groups and projects holds it alone, who changes what is in them shared (see the first migration). */
const TREE_LOCK = 7_927_003

/**
 * The release as it is now, which nobody else changes or deletes before the transaction ends; null when it is gone. The
 * lock of the tree comes first, as in every write: otherwise this meets one who deletes the project and they deadlock.
 */
export async function lockRelease(tx: Tx, id: number): Promise<Release | null> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock_shared(${TREE_LOCK}::int, 0)`
  await tx.$executeRaw`SELECT FROM releases WHERE id = ${id} FOR NO KEY UPDATE`
  return tx.release.findUnique({ where: { id } })
}
