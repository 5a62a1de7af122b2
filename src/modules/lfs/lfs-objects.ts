import { db } from '../../database/db.ts'
import type { LfsObject, Project } from '../../generated/prisma/client.ts'

/** One object. Git takes as much in one push. */
export const MAX_LFS_BYTES = 4 * 1024 ** 3

/** The objects of the project that have one of the digests. */
export const findLfsObjects = (project: Pick<Project, 'id'>, sha256: readonly string[]): Promise<LfsObject[]> =>
  db.lfsObject.findMany({ where: { projectId: project.id, sha256: { in: [...sha256] } } })

export const findLfsObject = (project: Pick<Project, 'id'>, sha256: string): Promise<LfsObject | null> =>
  db.lfsObject.findUnique({ where: { projectId_sha256: { projectId: project.id, sha256 } } })
