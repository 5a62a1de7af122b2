import type { Tx } from '../../database/db.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { invalid } from '../../foundation/errors.ts'
import type { Group, Prisma } from '../../generated/prisma/client.ts'

type GroupCreate = Pick<Prisma.GroupUncheckedCreateInput, 'parentId' | 'path' | 'name' | 'description' | 'visibility'>

export function insertGroup(tx: Tx, input: GroupCreate): Promise<Group> {
  return tx.group.create({ data: { ...input, updatedAt: databaseNow() } })
}

/** Paths differ in more than upper and lower case. */
export async function findGroupId(tx: Tx, fullPath: string): Promise<number | null> {
  const [row] = await tx.$queryRaw<
    { id: number }[]
  >`SELECT /* groups.idByPath */ id FROM groups WHERE lower(full_path) = lower(${fullPath})`
  return row?.id ?? null
}

/** The id of the group at the end of the path. The groups that are missing are created with the given visibility. */
export async function findOrCreateGroup(
  tx: Tx,
  { segments, visibility }: { segments: string[]; visibility: Group['visibility'] },
): Promise<number> {
  // The lock keeps two transactions from creating the same group at the same time.
  await tx.$executeRaw`SELECT /* groups.lock */ pg_advisory_xact_lock(hashtextextended(${`groups ${segments[0]?.toLowerCase()}`}, 0))`
  let parentId: number | null = null
  for (const [index, path] of segments.entries()) {
    const id = await findGroupId(tx, segments.slice(0, index + 1).join('/'))
    parentId = id ?? (await insertGroup(tx, { parentId, path, name: path, visibility })).id
  }
  if (parentId === null) throw invalid('A group needs a path')
  return parentId
}
