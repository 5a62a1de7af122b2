import { rm } from 'node:fs/promises'
import { db } from '../../database/db.ts'
import { repositoryDirectory } from '../../git/mirror-repository.ts'
import type { FileStorage } from '../../storage/file-storage.ts'

/** Where the files of projects are. */
export type Places = {
  repositoriesDir: string
  storage: FileStorage
  /** Aborted when the process stops. The rest is then left for another run. */
  signal: AbortSignal
}

const MANY = 500

type Owned = { id: number; storageKey: string }

/** Removes the files of rows, which stay, so that the next run knows what is left. */
async function removeFiles(storage: FileStorage, signal: AbortSignal, read: (after: number) => Promise<Owned[]>) {
  let rows = await read(0)
  while (rows.length > 0) {
    for (const { storageKey } of rows) {
      signal.throwIfAborted()
      await storage.remove(storageKey)
    }
    rows = await read(rows.at(-1)?.id ?? 0)
  }
}

const page = { orderBy: { id: 'asc' }, take: MANY, select: { id: true, storageKey: true } } as const

async function removeAllFiles(projectId: number, { repositoriesDir, storage, signal }: Places) {
  await rm(repositoryDirectory(repositoriesDir, projectId), { recursive: true, force: true })
  await removeFiles(storage, signal, (id) =>
    db.packageFile.findMany({ where: { package: { projectId }, id: { gt: id } }, ...page }),
  )
  await removeFiles(storage, signal, (id) => db.upload.findMany({ where: { projectId, id: { gt: id } }, ...page }))
  await removeFiles(storage, signal, (id) => db.lfsObject.findMany({ where: { projectId, id: { gt: id } }, ...page }))
  await removeFiles(storage, signal, (id) =>
    db.reportArtifact.findMany({ where: { projectId, id: { gt: id } }, ...page }),
  )
}

/** Removes releases some at a time, so that no transaction is long. */
async function removeReleases(projectId: number, signal: AbortSignal): Promise<void> {
  let count: number
  do {
    signal.throwIfAborted()
    count = await db.$executeRaw`
      DELETE /* deletions.removeReleases */ FROM releases
      WHERE id IN (SELECT id FROM releases WHERE project_id = ${projectId} ORDER BY id LIMIT ${MANY})`
  } while (count > 0)
}

/**
 * Removes everything of a deleted project: first the files, then the rows, the project's own row last. Each step may be repeated, so
 * a run that was killed at any point is completed by the next one. It touches nothing of a project that is not deleted.
 */
export async function removeProject(projectId: number, places: Places): Promise<void> {
  const isDeleted = { id: projectId, deletedAt: { not: null } }
  if ((await db.project.count({ where: isDeleted })) === 0) return
  await removeAllFiles(projectId, places)
  await removeReleases(projectId, places.signal)
  await db.project.deleteMany({ where: isDeleted })
}
