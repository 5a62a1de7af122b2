import { db, type Tx } from '../../database/db.ts'
import { dequeue, enqueue } from '../../database/job-queue.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import type { FileStorage } from '../../storage/file-storage.ts'

/** No upload takes as long. */
const LONGEST_UPLOAD_MS = 48 * 60 * 60 * 1000

/** Who has just learned where the file is may still open it. */
const GRACE_MS = 60_000

const jobKey = (key: string) => `stored-file:${key}`

const removeLater = (tx: Tx, key: string, afterMs: number): Promise<void> =>
  enqueue(tx, 'remove-stored-file', { key }, { runAt: new Date(databaseNow().getTime() + afterMs), key: jobKey(key) })

/** Before the first byte comes: a crash leaves no file behind for good. */
export const expectFile = (key: string): Promise<void> => removeLater(db, key, LONGEST_UPLOAD_MS)

/** In the transaction that gives the file its row. */
export const keepFile = (tx: Tx, key: string): Promise<void> => dequeue(tx, jobKey(key))

/** In the transaction that takes the row away: the file goes after it, so no row is without its file. */
export const discardFile = (tx: Tx, key: string): Promise<void> => removeLater(tx, key, GRACE_MS)

/** Removes a file that no row owns. May be repeated. */
export async function removeUnowned(storage: FileStorage, key: string): Promise<void> {
  const byKey = { where: { storageKey: key }, select: { id: true } }
  const owner = (await db.packageFile.findUnique(byKey)) ?? (await db.upload.findUnique(byKey))
  if (!owner) await storage.remove(key)
}
