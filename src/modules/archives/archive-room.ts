import { readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import pLimit from 'p-limit'
import { unavailable } from '../../foundation/errors.ts'
import type { ArchiveBounds } from './archive-bounds.ts'
import { INCOMING, nullIfMissing } from './archive-files.ts'

/** Somebody who reads an archive. `cut` ends that, because even a removed file takes room while it is read. */
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

/** The room that is reserved for one archive. */
export class Place {
  readonly #room: ArchiveRoom
  readonly #file: string
  #bytes: number

  constructor(room: ArchiveRoom, file: string, bytes: number) {
    this.#room = room
    this.#file = file
    this.#bytes = bytes
  }

  /** Claims more room for an archive that becomes larger than was expected. */
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
  /** The bytes of the archives that this process is making. Other names in the folder `incoming` are made by other processes. */
  #claimed = 0
  readonly #own = new Set<string>()
  /** Claims are handled one after the other, because two at the same time would take the same room. */
  readonly #oneAtATime = pLimit(1)

  constructor(directory: string, bounds: ArchiveBounds) {
    this.#directory = directory
    this.#bounds = bounds
  }

  /** Reserves room for a new archive. The archives that were not used for longest make room for it. */
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

  /** Counts a reader until it calls `done`, which it may do twice. `cut` aborts when the reader has to make way. */
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
    // No archive is removed when that would not make enough room.
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
