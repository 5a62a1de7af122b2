import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'

const MAX_MIB = 100
export const ARTIFACT_BOUND = { maxBytes: MAX_MIB * 1024 ** 2, what: 'A report artifact', most: `${MAX_MIB} MiB` }

/** A file that is so old and belongs to no row was left behind by a crash, because an upload takes only minutes. */
const LEFT_BEHIND_MS = 24 * 60 * 60 * 1000

/** Keys of files, of unfinished ones too, that have not been written to for a day. */
export async function listOldFiles(directory: string, now: Date): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const keys = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
  const ages = await Promise.all(
    keys.map(async (key) => {
      const { mtimeMs } = await stat(path.join(directory, key)).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }))
      return { key, age: now.getTime() - mtimeMs }
    }),
  )
  return ages.filter(({ age }) => age > LEFT_BEHIND_MS).map(({ key }) => key)
}
