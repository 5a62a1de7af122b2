import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import type { Archive } from './archive.ts'
import { type FileSource, streamOf } from './file-stream.ts'
import { writeArchive } from './write-archive.ts'

/** Where it is written, and where it goes when it is whole. */
type Places = { incoming: string; kept: string }

/** An archive that is being written once, and read by any number of clients as it grows. */
export class ArchiveBuild {
  readonly #archive: Archive
  readonly #places: Places
  readonly #onClosed: () => void
  readonly #abandoned = new AbortController()
  #file: FileHandle | null = null
  #readers = 0
  #running = true
  #written = 0
  #ended = false
  #failure: unknown = null
  #wake = () => {}
  #change = this.#nextChange()

  /** `onClosed`: nobody may begin to read it any more. */
  constructor(archive: Archive, places: Places, onClosed: () => void) {
    this.#archive = archive
    this.#places = places
    this.#onClosed = onClosed
  }

  /** Writes the archive and keeps it; whoever reads is told of a failure, and so is the caller. */
  async run(): Promise<void> {
    const { incoming, kept } = this.#places
    try {
      const file = await open(incoming, 'wx+', 0o600)
      this.#file = file
      await writeArchive(this.#archive, (piece) => this.#append(file, piece), this.#abandoned.signal)
      this.#end(null)
      // Flushed: it will be served for long.
      await file.datasync()
      await rename(incoming, kept)
    } catch (error) {
      this.#end(error)
      await rm(incoming, { force: true })
      if (!this.#abandoned.signal.aborted) throw error
    } finally {
      this.#running = false
      this.#onClosed()
      await this.#closeUnused()
    }
  }

  /** What is written, from the first byte. Resolves when there is one; git is ended when nobody reads any more. */
  async read(signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    this.#readers += 1
    let left = false
    const leave = () => {
      if (left) return
      left = true
      signal.removeEventListener('abort', leave)
      this.#leave()
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
    return streamOf({ available: (position) => this.#available(position), read, close: leave })
  }

  async #append(file: FileHandle, piece: Uint8Array): Promise<void> {
    await file.writeFile(piece)
    this.#written += piece.length
    this.#tell()
  }

  /** Bytes behind a position, as soon as there are any; 0 at the end. */
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

  #leave(): void {
    this.#readers -= 1
    if (this.#readers > 0) return
    if (this.#ended) return void this.#closeUnused()
    this.#onClosed()
    this.#abandoned.abort()
  }

  async #closeUnused(): Promise<void> {
    if (this.#readers > 0 || this.#running) return
    const file = this.#file
    this.#file = null
    await file?.close()
  }
}
