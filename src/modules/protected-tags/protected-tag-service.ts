import type { Tx } from '../../database/db.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import type { Prisma } from '../../generated/prisma/client.ts'
import type { ProtectedTagWithLevels } from './protected-tag-loaders.ts'

/** Exactly one of the four is given. */
export type CreateAccess = Pick<
  Prisma.ProtectedTagAccessLevelUncheckedCreateInput,
  'accessLevel' | 'userId' | 'groupId' | 'deployKeyId'
>

type ProtectedTagInsert = {
  projectId: number
  /** The name of a tag, or a pattern with `*`. */
  name: string
  /** Who is admitted: at least one entry. */
  createAccessLevels: readonly CreateAccess[]
}

/** Inserts the rows and checks nothing. `createProtectedTag` is what a request calls. */
export function insertProtectedTag(
  tx: Tx,
  { projectId, name, createAccessLevels }: ProtectedTagInsert,
): Promise<ProtectedTagWithLevels> {
  return tx.protectedTag.create({
    data: { projectId, name, accessLevels: { create: [...createAccessLevels] }, updatedAt: databaseNow() },
    include: { accessLevels: { orderBy: { id: 'asc' } } },
  })
}
