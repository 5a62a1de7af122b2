import type { Tx } from '../../database/db.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { AppError } from '../../foundation/errors.ts'
import type { Prisma, Project } from '../../generated/prisma/client.ts'
import { findGroupId, findOrCreateGroup } from '../groups/group-service.ts'

type ProjectCreate = Pick<
  Prisma.ProjectUncheckedCreateInput,
  'id' | 'groupId' | 'path' | 'name' | 'description' | 'visibility'
>

export function insertProject(tx: Tx, input: ProjectCreate): Promise<Project> {
  return tx.project.create({ data: { ...input, updatedAt: databaseNow() } })
}

/** Creates a project, and the groups above it that are missing. */
export async function createProjectAt(
  tx: Tx,
  { segments, visibility }: { segments: string[]; visibility: Project['visibility'] },
): Promise<Project> {
  const path = segments.at(-1) ?? ''
  const groupId = await findOrCreateGroup(tx, { segments: segments.slice(0, -1), visibility })
  return insertProject(tx, { groupId, path, name: path, visibility })
}

/** Paths differ in more than upper and lower case. */
export async function findProjectId(tx: Tx, fullPath: string): Promise<number | null> {
  const [row] = await tx.$queryRaw<
    { id: number }[]
  >`SELECT /* projects.idByPath */ id FROM projects WHERE lower(full_path) = lower(${fullPath})`
  return row?.id ?? null
}

/** Throws when the path is the path of a group, or when a project is in the place of a group above. */
export async function assertPathIsFree(tx: Tx, segments: readonly string[]): Promise<void> {
  const path = segments.join('/')
  if ((await findGroupId(tx, path)) !== null) throw new AppError('CONFLICT', `'${path}' is a group, not a project`)
  for (let length = 2; length < segments.length; length++) {
    const above = segments.slice(0, length).join('/')
    if ((await findProjectId(tx, above)) !== null) {
      throw new AppError('CONFLICT', `'${above}' is a project, so '${path}' cannot be in it`)
    }
  }
}
