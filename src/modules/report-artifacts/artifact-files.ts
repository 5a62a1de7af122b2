import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../foundation/errors.ts'

const MAX_MIB = 100
export const MAX_ARTIFACT_BYTES = MAX_MIB * 1024 ** 2

/** The folder for files that are still coming in, so that nobody sees half a file. */
const INCOMING = 'incoming'

/** A file that is so old and belongs to no row was left behind by a crash, because an upload takes only minutes. */
const LEFT_BEHIND_MS = 24 * 60 * 60 * 1000

export const tooLarge = () => new AppError('TOO_LARGE', `A report artifact may have at most ${MAX_MIB} MiB`)

export type StoredFile = {
  /** The path of the file below the directory. */
  key: string
  /** In bytes. */
  size: number
  /** In lower-case hex. */
  sha256: string
}

function measure() {
  const hash = createHash('sha256')
  const seen = { size: 0 }
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen.size += chunk.length
      if (seen.size > MAX_ARTIFACT_BYTES) return done(tooLarge())
      hash.update(chunk)
      done(null, chunk)
    },
  })
  return { stream, result: () => ({ ...seen, sha256: hash.digest('hex') }) }
}

/** Stores a body completely or not at all, and never holds all of it in memory. */
export async function storeFile(
  directory: string,
  folder: string,
  body: AsyncIterable<Uint8Array>,
): Promise<StoredFile> {
  const name = randomUUID()
  const incoming = path.join(directory, INCOMING, name)
  await mkdir(path.dirname(incoming), { recursive: true, mode: 0o700 })
  await mkdir(path.join(directory, folder), { recursive: true, mode: 0o700 })
  const { stream, result } = measure()
  try {
    // Flushes the file, because evidence will rely on it.
    await pipeline(Readable.from(body), stream, createWriteStream(incoming, { flush: true, mode: 0o600 }))
    const key = `${folder}/${name}`
    await rename(incoming, path.join(directory, key))
    return { key, ...result() }
  } catch (error) {
    await rm(incoming, { force: true })
    throw error
  }
}

/** A stream of the file. Null when the file is not there. */
export async function readStoredFile(directory: string, key: string): Promise<Readable | null> {
  const handle = await open(path.join(directory, key)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  return handle?.createReadStream() ?? null
}

export const removeStoredFile = (directory: string, key: string): Promise<void> =>
  rm(path.join(directory, key), { force: true })

/** The keys of all files, also of unfinished files, that have not been written to for a day. */
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
