// Archives on disk: `<key>` when they are whole, `incoming/<random>` while they are written.
import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { streamOf } from './file-stream.ts'

const INCOMING = 'incoming'

const nullIfMissing = (error: NodeJS.ErrnoException) => {
  if (error.code === 'ENOENT') return null
  throw error
}

export const placesOf = (directory: string, key: string) => ({
  incoming: path.join(directory, INCOMING, randomUUID()),
  kept: path.join(directory, key),
})

/** Makes the folder, and removes what a process that was killed left half-written. */
export async function prepareDirectory(directory: string): Promise<void> {
  const incoming = path.join(directory, INCOMING)
  await mkdir(incoming, { recursive: true, mode: 0o700 })
  // Should another process be writing one of them: its clients get all of it, and it is made again another time.
  await Promise.all((await readdir(incoming)).map((name) => rm(path.join(incoming, name), { force: true })))
}

type KeptArchive = { size: number; body: ReadableStream<Uint8Array> }

/** Closes the file when the body was read or is not wanted any more. */
async function readKept(file: FileHandle, signal: AbortSignal): Promise<KeptArchive> {
  const { size } = await file.stat()
  // Says that it was used.
  const now = new Date()
  await file.utimes(now, now)
  const close = () => file.close().catch(() => {})
  signal.addEventListener('abort', close, { once: true })
  const read = async (buffer: Uint8Array, position: number) =>
    (await file.read(buffer, 0, buffer.length, position)).bytesRead
  return { size, body: streamOf({ available: async (position) => size - position, read, close }) }
}

/** Null when it is not there. */
export async function openKept(directory: string, key: string, signal: AbortSignal): Promise<KeptArchive | null> {
  const file = await open(path.join(directory, key)).catch(nullIfMissing)
  return file && readKept(file, signal)
}

/** In bytes; null when it is not there. */
export async function sizeOfKept(directory: string, key: string): Promise<number | null> {
  return (await stat(path.join(directory, key)).catch(nullIfMissing))?.size ?? null
}

/** Removes those that were not used for longest until the rest has at most so many bytes. Who reads one reads on. */
export async function evict(directory: string, maxBytes: number): Promise<void> {
  const entries = (await readdir(directory, { withFileTypes: true })).filter((entry) => entry.isFile())
  const files = await Promise.all(
    entries.map(async ({ name }) => {
      const file = path.join(directory, name)
      const found = await stat(file).catch(nullIfMissing)
      return { file, size: found?.size ?? 0, usedAt: found?.mtimeMs ?? 0 }
    }),
  )
  files.sort((a, b) => b.usedAt - a.usedAt)
  let total = 0
  for (const { file, size } of files) {
    total += size
    if (total > maxBytes) await rm(file, { force: true })
  }
}
