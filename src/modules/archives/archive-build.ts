import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '../../foundation/errors.ts'
import type { FileStorage } from '../../storage/file-storage.ts'
import type { Archive, RawFile } from './archive.ts'
import type { ArchiveBounds } from './archive-bounds.ts'
import { type ArchiveSource, withContents } from './archive-contents.ts'
import type { ArchiveRoom, Place } from './archive-room.ts'
import { type FileSource, streamOf } from './file-stream.ts'
import { measureArchive } from './measure-archive.ts'
import { writeArchive } from './write-archive.ts'

/** Where the archive is written, where it is moved when it is complete, and where contents of Git LFS are meanwhile. */
type Places = { incoming: string; kept: string; contents: string }

type Options = {
  archive: Archive | RawFile
  places: Places
  bounds: ArchiveBounds
  room: ArchiveRoom
  storage: FileStorage
  /** Called when nobody may begin to read the build any more. */
  onClosed: () => void
}

const tooLarge = ({ maxBytes }: ArchiveBounds) =>
  new AppError('TOO_LARGE', `An archive may have at most ${maxBytes} bytes: fetch these sources with git`)

const tooSlow = ({ maxSeconds }: ArchiveBounds) =>
  new AppError('TOO_LARGE', `It takes more than ${maxSeconds} seconds to make this archive: fetch its sources with git`)

/** An archive that is being written. Any number of clients read it as it grows. */
export class ArchiveBuild {
  readonly #options: Options
  readonly #abandoned = new AbortController()
  #file: FileHandle | null = null
  #readers = 0
  #running = true
  #written = 0
  #ended = false
  #failure: unknown = null
  #wake = () => {}
  #change = this.#nextChange()

  constructor(options: Options) {
    this.#options = options
  }

  /**
   * Writes the archive when `inTurn` gives it its turn, and keeps it. A failure reaches every reader. It reaches the caller too,
   * unless nobody waits for the archive any more.
   */
  async run(inTurn: (work: () => Promise<void>, signal: AbortSignal) => Promise<void>): Promise<void> {
    const { signal } = this.#abandoned
    try {
      await inTurn(() => this.#make(signal), signal)
    } catch (error) {
      this.#end(error)
      if (!signal.aborted) throw error
    } finally {
      this.#running = false
      this.#options.onClosed()
      await this.#closeUnused()
    }
  }

  async #make(abandoned: AbortSignal): Promise<void> {
    const { archive, bounds, places, room, storage } = this.#options
    const time = new AbortController()
    const timer = setTimeout(() => time.abort(tooSlow(bounds)), bounds.maxSeconds * 1000)
    const signal = AbortSignal.any([abandoned, time.signal])
    try {
      const { bytes, contents } = await measureArchive(archive, bounds, signal)
      const place = await room.reserve(places.incoming, bytes)
      const beside = await room
        .reserve(
          places.contents,
          contents.reduce((sum, { size }) => sum + size, 0),
        )
        .catch((error) => {
          place.release()
          throw error
        })
      const preparing = { storage, folder: places.contents, signal }
      await withContents(archive, contents, preparing, (source) => this.#write(source, place, signal)).finally(() => {
        place.release()
        beside.release()
      })
    } finally {
      clearTimeout(timer)
    }
  }

  async #write(source: ArchiveSource, place: Place, signal: AbortSignal): Promise<void> {
    const { archive, bounds, places } = this.#options
    try {
      const file = await open(places.incoming, 'wx+', 0o600)
      this.#file = file
      await writeArchive(archive, source, bounds, signal, async (piece) => {
        const size = this.#written + piece.length
        if (size > bounds.maxBytes) throw tooLarge(bounds)
        await place.extendTo(size)
        await this.#append(file, piece)
      })
      this.#end(null)
      // Flushes the file before it is kept, because it may be served for a long time.
      await file.datasync()
      await rename(places.incoming, places.kept)
    } catch (error) {
      // Empties the file, so that a reader that still has it open takes no room on the disk.
      if (!this.#ended) await this.#file?.truncate(0)
      await rm(places.incoming, { force: true })
      throw error
    }
  }

  /** Streams the archive, and resolves when its first byte is there. Git is ended when nobody reads any more. */
  async read(signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const { places, room, onClosed } = this.#options
    const reader = room.read(path.basename(places.kept))
    this.#readers += 1
    let left = false
    const leave = () => {
      if (left) return
      left = true
      reader.done()
      signal.removeEventListener('abort', leave)
      this.#leave(onClosed)
    }
    signal.addEventListener('abort', leave, { once: true })
    try {
      signal.throwIfAborted()
      await this.#available(0)
    } catch (error) {
      leave()
      throw error
    }
    const read: FileSource['read'] = async (buffer, position) => {
      if (!this.#file) throw new Error('the archive was closed while it was read')
      return (await this.#file.read(buffer, 0, buffer.length, position)).bytesRead
    }
    return streamOf({ available: (position) => this.#available(position), read, close: leave, cut: reader.cut })
  }

  async #append(file: FileHandle, piece: Uint8Array): Promise<void> {
    await file.writeFile(piece)
    this.#written += piece.length
    this.#tell()
  }

  /** The number of bytes behind a position, as soon as there are any; 0 at the end. */
  async #available(position: number): Promise<number> {
    while (this.#written <= position && !this.#ended) await this.#change
    if (this.#failure !== null) throw this.#failure
    return this.#written - position
  }

  #nextChange(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  #tell(): void {
    this.#wake()
    this.#change = this.#nextChange()
  }

  #end(failure: unknown): void {
    if (this.#ended) return
    this.#ended = true
    this.#failure = failure
    this.#tell()
  }

  #leave(onClosed: () => void): void {
    this.#readers -= 1
    if (this.#readers > 0) return
    if (this.#ended) return void this.#closeUnused()
    onClosed()
    this.#abandoned.abort()
  }

  async #closeUnused(): Promise<void> {
    if (this.#readers > 0 || this.#running) return
    const file = this.#file
    this.#file = null
    await file?.close()
  }
}
