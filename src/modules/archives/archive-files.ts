// Archives on disk: `<key>` when they are whole, `incoming/<process>-<random>` while they are written.
import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { nullIfMissing } from '../../foundation/file-errors.ts'
import { streamOf } from './file-stream.ts'

export const INCOMING = 'incoming'

export const placesOf = (directory: string, key: string) => ({
  incoming: path.join(directory, INCOMING, `${process.pid}-${randomUUID()}`),
  kept: path.join(directory, key),
})

/** Nothing is written to for longer without being ended. */
const LEFT_BEHIND_MS = 60 * 60_000

function isAlive(processId: number): boolean {
  try {
    return processId !== process.pid && process.kill(processId, 0)
  } catch {
    return false
  }
}

async function isBeingWritten(file: string): Promise<boolean> {
  const [, processId = 'none'] = /^(\d+)-/.exec(path.basename(file)) ?? []
  const found = await stat(file).catch(nullIfMissing)
  return found !== null && Date.now() - found.mtimeMs < LEFT_BEHIND_MS && isAlive(Number(processId))
}

/** Makes the folder, and removes what a process that was killed left half-written. */
export async function prepareDirectory(directory: string): Promise<void> {
  const incoming = path.join(directory, INCOMING)
  await mkdir(incoming, { recursive: true, mode: 0o700 })
  for (const name of await readdir(incoming)) {
    const file = path.join(incoming, name)
    if (!(await isBeingWritten(file))) await rm(file, { force: true })
  }
}

/** `cut` aborts when the reader has to make way. */
type Reader = { cut: AbortSignal; done: () => void }

type KeptArchive = { size: number; body: ReadableStream<Uint8Array> }

/** Closes the file when the body was read or is not wanted any more. */
async function readKept(file: FileHandle, signal: AbortSignal, reader: Reader): Promise<KeptArchive> {
  const { size } = await file.stat()
  // Says that it was used, where the disk takes that.
  const now = new Date()
  await file.utimes(now, now).catch(() => undefined)
  const close = () => {
    reader.done()
    return file.close().catch(() => {})
  }
  signal.addEventListener('abort', close, { once: true })
  const read = async (buffer: Uint8Array, position: number) =>
    (await file.read(buffer, 0, buffer.length, position)).bytesRead
  return { size, body: streamOf({ available: async (position) => size - position, read, close, cut: reader.cut }) }
}

/** Null when it is not there. */
export async function openKept(
  place: string,
  signal: AbortSignal,
  startReading: () => Reader,
): Promise<KeptArchive | null> {
  const file = await open(place).catch(nullIfMissing)
  if (!file) return null
  const reader = startReading()
  try {
    return await readKept(file, signal, reader)
  } catch (error) {
    reader.done()
    await file.close()
    throw error
  }
}

/** In bytes; null when it is not there. */
export async function sizeOfKept(directory: string, key: string): Promise<number | null> {
  return (await stat(path.join(directory, key)).catch(nullIfMissing))?.size ?? null
}
