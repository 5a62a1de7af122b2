// Earlier versions kept report artifacts in a folder of their own on the disk of the server.
import { db } from '../../database/db.ts'
import type { ReportArtifact } from '../../generated/prisma/client.ts'
import type { FileStorage } from '../../storage/file-storage.ts'
import { createLocalStorage } from '../../storage/local-storage.ts'
import { expectFile, keepFile } from '../stored-files/stored-file.ts'
import { newArtifactKey } from './upload-artifact.ts'

async function bring(old: FileStorage, storage: FileStorage, { id, projectId, storageKey }: ReportArtifact) {
  const content = await old.get(storageKey)
  if (!content) return
  const key = newArtifactKey(projectId)
  await expectFile(key)
  await storage.put(key, content)
  const { count } = await db.$transaction(async (tx) => {
    const brought = await tx.reportArtifact.updateMany({ where: { id, storageKey }, data: { storageKey: key } })
    if (brought.count > 0) await keepFile(tx, key)
    return brought
  })
  // Another process may have brought the file in the meantime.
  await (count > 0 ? old.remove(storageKey) : storage.remove(key))
}

/** Brings the report artifacts of earlier versions into the storage. May be repeated, also by several processes at once. */
export async function bringArtifacts(folder: string, storage: FileStorage): Promise<void> {
  const old = createLocalStorage(folder)
  for await (const { key } of old.list('')) {
    const artifact = await db.reportArtifact.findUnique({ where: { storageKey: key } })
    if (artifact) await bring(old, storage, artifact)
  }
}
