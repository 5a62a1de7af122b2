import { readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import pLimit from 'p-limit'
import { unavailable } from '../../foundation/errors.ts'
import { nullIfMissing } from '../../foundation/file-errors.ts'
import type { ArchiveBounds } from './archive-bounds.ts'
import { INCOMING } from './archive-files.ts'

/** Somebody reads an archive, which takes room as long as that: also when its file has been removed. */
type Reader = { since: number; cut: () => void }

type Kept = { name: string; size: number; usedAt: number }

const RETRY_AFTER_SECONDS = 60
const STEP_BYTES = 1024 ** 2

const sumOf = (files: readonly { size: number }[]) => files.reduce((sum, { size }) => sum + size, 0)

async function filesIn(directory: string): Promise<Kept[]> {
  const entries = (await readdir(directory, { withFileTypes: true })).filter((entry) => entry.isFile())
  return Promise.all(
    entries.map(async ({ name }) => {
      const found = await stat(path.join(directory, name)).catch(nullIfMissing)
      return { name, size: found?.size ?? 0, usedAt: found?.mtimeMs ?? 0 }
    }),
  )
}

/** Room that an archive may fill. */
export class Place {
  readonly #room: ArchiveRoom
  readonly #file: string
  #bytes: number

  constructor(room: ArchiveRoom, file: string, bytes: number) {
    this.#room = room
    this.#file = file
    this.#bytes = bytes
  }

  /** For one that becomes larger than was thought. */
  async extendTo(bytes: number): Promise<void> {
    if (bytes <= this.#bytes) return
    const step = bytes - this.#bytes + STEP_BYTES
    await this.#room.claim(step)
    this.#bytes += step
  }

  release(): void {
    this.#room.free(this.#file, this.#bytes)
  }
}

/** The folder of archives, and how much is in it. */
export class ArchiveRoom {
  readonly #directory: string
  readonly #bounds: ArchiveBounds
  readonly #readers = new Map<string, Set<Reader>>()
  /** Of those that are being made here; what is in the folder's `incoming` under other names, other processes make. */
  #claimed = 0
  readonly #own = new Set<string>()
  /** Claims come one after the other, because two at once would take the same room. */
  readonly #oneAtATime = pLimit(1)

  constructor(directory: string, bounds: ArchiveBounds) {
    this.#directory = directory
    this.#bounds = bounds
  }

  /** Those that were not used for longest make room for one that comes in under that name. */
  async reserve(incoming: string, bytes: number): Promise<Place> {
    await this.claim(bytes)
    const file = path.basename(incoming)
    this.#own.add(file)
    return new Place(this, file, bytes)
  }

  claim(bytes: number): Promise<void> {
    return this.#oneAtATime(async () => {
      await this.#make(bytes)
      this.#claimed += bytes
    })
  }

  free(file: string, bytes: number): void {
    this.#own.delete(file)
    this.#claimed -= bytes
  }

  /** Counts a reader until `done`, which may be called twice; `cut` aborts when it has to make way. */
  read(name: string): { cut: AbortSignal; done: () => void } {
    const way = new AbortController()
    const reader = {
      since: performance.now(),
      cut: () => way.abort(new Error('the reader was too slow to be waited for')),
    }
    const readers = this.#readers.get(name) ?? new Set()
    this.#readers.set(name, readers.add(reader))
    const done = () => {
      readers.delete(reader)
      if (readers.size === 0 && this.#readers.get(name) === readers) this.#readers.delete(name)
    }
    return { cut: way.signal, done }
  }

  async #make(bytes: number): Promise<void> {
    const kept = await filesIn(this.#directory)
    const ofOthers = (await filesIn(path.join(this.#directory, INCOMING))).filter(({ name }) => !this.#own.has(name))
    let missing = sumOf(kept) + sumOf(ofOthers) + this.#claimed + bytes - this.#bounds.folderBytes
    if (missing <= 0) return
    const removable = kept.filter(({ name }) => this.#mayGo(name))
    // For nothing none has to go.
    if (sumOf(removable) < missing) throw unavailable('There is no room for another archive now', RETRY_AFTER_SECONDS)
    const isRead = ({ name }: Kept) => Number(this.#readers.has(name))
    removable.sort((a, b) => isRead(a) - isRead(b) || a.usedAt - b.usedAt)
    for (const { name, size } of removable) {
      if (missing <= 0) return
      for (const reader of this.#readers.get(name) ?? []) reader.cut()
      await rm(path.join(this.#directory, name), { force: true })
      missing -= size
    }
  }

  #mayGo(name: string): boolean {
    const longAgo = performance.now() - this.#bounds.makeWayMs
    return [...(this.#readers.get(name) ?? [])].every(({ since }) => since <= longAgo)
  }
}
