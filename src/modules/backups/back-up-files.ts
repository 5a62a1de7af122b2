import { inParallel } from '../../foundation/in-parallel.ts'
import type { ListedFile } from '../../storage/file-storage.ts'
import { storeMeasured } from '../../storage/store-measured.ts'
import type { BackupParts } from './backup-parts.ts'
import { readStoredFiles, type StoredFile } from './stored-files.ts'

const AT_A_TIME = 4
const FOLDER = 'files/'
const MIB = 1024 ** 2

type Compared = { row: StoredFile | null; there: ListedFile | null }

/** Walks through two lists in the order of their keys, and gives what is in either. */
export async function* compareKeys(
  rows: AsyncIterable<StoredFile>,
  listed: AsyncIterable<ListedFile>,
): AsyncGenerator<Compared> {
  const files = listed[Symbol.asyncIterator]()
  let next = await files.next()
  for await (const row of rows) {
    while (!next.done && next.value.key < row.key) {
      yield { row: null, there: next.value }
      next = await files.next()
    }
    if (!next.done && next.value.key === row.key) {
      yield { row, there: next.value }
      next = await files.next()
    } else yield { row, there: null }
  }
  for (; !next.done; next = await files.next()) yield { row: null, there: next.value }
}

/** The files of the backup, by the server's own keys. */
async function* backedUp({ target }: BackupParts): AsyncGenerator<ListedFile> {
  for await (const file of target.list(FOLDER)) yield { ...file, key: file.key.slice(FOLDER.length) }
}

/** Whether the backup now has the file as it was uploaded. */
async function copy({ storage, target, onProblem }: BackupParts, { key, size, sha256 }: StoredFile): Promise<boolean> {
  const content = await storage.get(key)
  if (!content) {
    onProblem(`The storage does not have the file ${key}`)
    return false
  }
  const stored = await storeMeasured(target, FOLDER + key, content)
  if (Number(stored.size) === size && stored.sha256 === sha256) return true
  onProblem(`The file ${key} of the storage is damaged`)
  await target.remove(FOLDER + key)
  return false
}

/** Copies the files that the rows name. What an earlier run has copied is not copied again, because no file ever changes. */
export async function backUpFiles(parts: BackupParts, list: string): Promise<void> {
  let [done, bytes] = [0, 0]
  await inParallel(compareKeys(readStoredFiles(list), backedUp(parts)), AT_A_TIME, async ({ row, there }) => {
    if (!row) return
    parts.signal.throwIfAborted()
    const isThere = there?.size === parts.target.sizeOf(row.size)
    const { key: of, size, sha256 } = row
    if (isThere || (await copy(parts, row))) {
      await parts.manifest.add({ kind: 'file', of, key: FOLDER + of, size, sha256 })
    }
    done += 1
    bytes += size
    parts.show(`file ${done}, ${Math.round(bytes / MIB)} MiB`)
  })
}

/** Removes the files of the backup that the rows do not name any more. */
export async function removeOldFiles(parts: BackupParts, list: string): Promise<void> {
  for await (const { row, there } of compareKeys(readStoredFiles(list), backedUp(parts))) {
    if (there && !row) await parts.target.remove(FOLDER + there.key)
  }
}
