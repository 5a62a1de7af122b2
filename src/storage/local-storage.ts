import { createWriteStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { nullIfMissing } from '../foundation/file-errors.ts'
import type { FileStorage } from './file-storage.ts'

/** The folder of files that are still incoming, so that nobody can read half a file. */
const INCOMING = 'incoming'

/** Removes what processes that are gone have left half. Nobody else may write into the folder meanwhile. */
export const removeUnfinished = (directory: string) =>
  rm(path.join(directory, INCOMING), { recursive: true, force: true })

/** Writes the folder to disk, because a renamed file survives a loss of power only if its folder does. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** In the order of their paths. One folder of each level is in memory. */
async function* filesBelow(folder: string): AsyncGenerator<string> {
  const entries = (await readdir(folder, { withFileTypes: true }).catch(nullIfMissing)) ?? []
  // With the slash, because `a-b` comes before `a/b`.
  const names = entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
  for (const name of names.sort()) {
    const place = path.join(folder, name)
    if (name.endsWith('/')) yield* filesBelow(place)
    else yield place
  }
}

/** Stores files in a folder of this machine, or in a folder that several servers mount. */
export function createLocalStorage(directory: string): FileStorage {
  const placeOf = (key: string) => path.join(directory, key)
  const incomingOf = (key: string) => path.join(directory, INCOMING, key.replaceAll('/', '-'))

  return {
    async put(key, body) {
      const [incoming, place] = [incomingOf(key), placeOf(key)]
      for (const file of [incoming, place]) await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
      try {
        await pipeline(body, createWriteStream(incoming, { flush: true, mode: 0o600 }))
        await rename(incoming, place)
        await flushFolder(path.dirname(place))
      } catch (error) {
        await rm(incoming, { force: true })
        throw error
      }
    },
    async get(key, range) {
      const handle = await open(placeOf(key)).catch(nullIfMissing)
      return handle?.createReadStream(range) ?? null
    },
    async remove(key) {
      for (const file of [incomingOf(key), placeOf(key)]) await rm(file, { force: true })
    },
    async *list(prefix) {
      const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1)
      for await (const place of filesBelow(placeOf(folder))) {
        const key = path.relative(directory, place)
        if (!key.startsWith(prefix) || key.startsWith(`${INCOMING}/`)) continue
        // The file may have been removed meanwhile.
        const found = await stat(place).catch(nullIfMissing)
        if (found) yield { key, size: found.size, modifiedAt: found.mtime }
      }
    },
  }
}
