import { db } from '../../database/db.ts'
import { jsonParameter } from '../../database/json-parameter.ts'
import { type LfsObject, Prisma, type Project } from '../../generated/prisma/client.ts'
import { readRows } from '../../rows/json-rows.ts'

/** The most bytes of an object. Git takes as much in one push. */
export const MAX_LFS_BYTES = 4 * 1024 ** 3

type Named = Pick<Project, 'id'>

export type StoredObject = { sha256: string; size: number; storageKey: string }

/** The objects of the project that have one of the digests. */
export const findLfsObjects = ({ id }: Named, digests: readonly string[]): Promise<StoredObject[]> =>
  readRows<StoredObject>(
    'lfsObjects.ofDigests',
    Prisma.sql`SELECT sha256, size, storage_key AS "storageKey" FROM lfs_objects
      WHERE project_id = ${id} AND sha256 IN (SELECT json_array_elements_text(${jsonParameter(digests)}))`,
    (row) => row,
  )

export const findLfsObject = ({ id: projectId }: Named, sha256: string): Promise<LfsObject | null> =>
  db.lfsObject.findUnique({ where: { projectId_sha256: { projectId, sha256 } } })

/** Grows with every object, because none is removed while the project exists. */
export const countLfsObjects = ({ id: projectId }: Named): Promise<number> =>
  db.lfsObject.count({ where: { projectId } })
