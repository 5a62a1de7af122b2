import type { Tx } from '../../database/db.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import type { Prisma } from '../../generated/prisma/client.ts'
import type { ProtectedTagWithLevels } from './protected-tag-loaders.ts'

/** Exactly one of them. */
export type CreateAccess = Pick<
  Prisma.ProtectedTagAccessLevelUncheckedCreateInput,
  'accessLevel' | 'userId' | 'groupId' | 'deployKeyId'
>

type ProtectedTagInsert = {
  projectId: number
  /** A tag's name, or a pattern with `*`. */
  name: string
  /** Whom it admits; at least one. */
  createAccessLevels: readonly CreateAccess[]
}

/** The rows alone, unchecked: `createProtectedTag` is what a person calls. */
export function insertProtectedTag(
  tx: Tx,
  { projectId, name, createAccessLevels }: ProtectedTagInsert,
): Promise<ProtectedTagWithLevels> {
  return tx.protectedTag.create({
    data: { projectId, name, accessLevels: { create: [...createAccessLevels] }, updatedAt: databaseNow() },
    include: { accessLevels: { orderBy: { id: 'asc' } } },
  })
}
