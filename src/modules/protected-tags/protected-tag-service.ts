import type { Tx } from '../../db.ts'
import type { Prisma, ProtectedTag } from '../../generated/prisma/client.ts'

type ProtectedTagCreate = {
  projectId: number
  /** A tag's name, or a pattern with `*`. */
  name: string
  /** Whom it admits; at least one. */
  createAccessLevels: Pick<
    Prisma.ProtectedTagAccessLevelUncheckedCreateInput,
    'accessLevel' | 'userId' | 'groupId' | 'deployKeyId'
  >[]
}

export function createProtectedTag(
  tx: Tx,
  { projectId, name, createAccessLevels }: ProtectedTagCreate,
): Promise<ProtectedTag> {
  return tx.protectedTag.create({ data: { projectId, name, accessLevels: { create: createAccessLevels } } })
}
