import { db, type Tx } from '../../database/db.ts'
import { dequeue, enqueue } from '../../database/job-queue.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import type { FileStorage } from '../../storage/file-storage.ts'

/** No upload takes longer. */
const LONGEST_UPLOAD_MS = 48 * 60 * 60 * 1000

/** A request that has just found the file may still open it. */
const GRACE_MS = 60_000

const jobKey = (key: string) => `stored-file:${key}`

const removeLater = (tx: Tx, key: string, afterMs: number): Promise<void> =>
  enqueue(tx, 'remove-stored-file', { key }, { runAt: new Date(databaseNow().getTime() + afterMs), key: jobKey(key) })

/** To be called before the first byte comes, so that a crash leaves no file behind for good. */
export const expectFile = (key: string): Promise<void> => removeLater(db, key, LONGEST_UPLOAD_MS)

/** To be called in the transaction that gives the file its row. */
export const keepFile = (tx: Tx, key: string): Promise<void> => dequeue(tx, jobKey(key))

/** To be called in the transaction that deletes the row. The file is removed after it, so that no row is without its file. */
export const discardFile = (tx: Tx, key: string): Promise<void> => removeLater(tx, key, GRACE_MS)

/** Whether a row owns the file. */
export async function isOwned(key: string): Promise<boolean> {
  const byKey = { where: { storageKey: key }, select: { id: true } }
  const owner =
    (await db.packageFile.findUnique(byKey)) ??
    (await db.upload.findUnique(byKey)) ??
    (await db.lfsObject.findUnique(byKey)) ??
    (await db.reportArtifact.findUnique(byKey))
  return owner !== null
}

/** Whether a job will remove the file if no row owns it then. */
export async function isAwaited(key: string): Promise<boolean> {
  const rows = await db.$queryRaw<object[]>`
    SELECT /* storedFiles.isAwaited */ FROM graphile_worker._private_jobs WHERE key = ${jobKey(key)}`
  return rows.length > 0
}

/** Removes a file if no row owns it. It may be repeated. */
export async function removeUnowned(storage: FileStorage, key: string): Promise<void> {
  if (!(await isOwned(key))) await storage.remove(key)
}
