// Archives on disk. A complete archive is the file `<key>`. While it is written it is `incoming/<process>-<random>`.
import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { nullIfMissing } from '../../foundation/file-errors.ts'
import { streamOf } from './file-stream.ts'

export const INCOMING = 'incoming'

export function placesOf(directory: string, key: string) {
  const incoming = path.join(directory, INCOMING, `${process.pid}-${randomUUID()}`)
  return { incoming, contents: `${incoming}.lfs`, kept: path.join(directory, key) }
}

/** A file that was not written to for so long was left behind, because an archive takes less time. */
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

/** Makes the folder, and removes half-written archives that a killed process left behind. */
export async function prepareDirectory(directory: string): Promise<void> {
  const incoming = path.join(directory, INCOMING)
  await mkdir(incoming, { recursive: true, mode: 0o700 })
  for (const name of await readdir(incoming)) {
    const file = path.join(incoming, name)
    if (!(await isBeingWritten(file))) await rm(file, { recursive: true, force: true })
  }
}

/** `cut` aborts when the reader has to make way. */
type Reader = { cut: AbortSignal; done: () => void }

type KeptArchive = { size: number; body: ReadableStream<Uint8Array> }

/** Closes the file when the body was read to its end or is not wanted any more. */
async function readKept(file: FileHandle, signal: AbortSignal, reader: Reader): Promise<KeptArchive> {
  const { size } = await file.stat()
  // Notes when the archive was used. It is served even if that fails.
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

/** Null when the archive is not there. */
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

/** The size in bytes; null when the archive is not there. */
export async function sizeOfKept(directory: string, key: string): Promise<number | null> {
  return (await stat(path.join(directory, key)).catch(nullIfMissing))?.size ?? null
}
