import path from 'node:path'
import { createBoundedQueue, type Load } from '../../foundation/bounded-queue.ts'
import type { CacheStatistics } from '../../foundation/cache-statistics.ts'
import { AppError } from '../../foundation/errors.ts'
import type { Log } from '../../foundation/log.ts'
import type { FileStorage } from '../../storage/file-storage.ts'
import { storageFailure } from '../../storage/storage-failure.ts'
import { type Archive, keyOf, type RawFile } from './archive.ts'
import { type ArchiveBounds, archiveBounds } from './archive-bounds.ts'
import { ArchiveBuild } from './archive-build.ts'
import { openKept, placesOf, prepareDirectory, sizeOfKept } from './archive-files.ts'
import { ArchiveRoom } from './archive-room.ts'

export type OpenArchive = {
  /** The size in bytes; null while the archive is still being written. */
  size: number | null
  body: ReadableStream<Uint8Array>
}

/** When the signal aborts, the reader does not want the archive any more. Its writing stops when nobody else waits for it. */
type Reader = { caller: string; signal: AbortSignal }

export type Archives = {
  /** Fails with TOO_LARGE when the archive exceeds a bound, and with UNAVAILABLE when too many archives are being made. */
  open: (archive: Archive | RawFile, reader: Reader) => Promise<OpenArchive>
  /** The size in bytes; null when the archive would have to be made. */
  sizeOf: (archive: Archive) => Promise<number | null>
  /** How many are being made. */
  load: () => Load
  /** How many that were asked for were there. */
  statistics: () => Pick<CacheStatistics, 'hits' | 'misses'>
}

type Options = {
  /** The folder of the archives. It holds nothing else. */
  directory: string
  /** Holds the contents of Git LFS. */
  storage: FileStorage
  log: Log
  bounds?: Partial<ArchiveBounds>
}

/** An archive is never larger than the folder may be, whatever the bounds say. */
function boundsOf(given: Partial<ArchiveBounds>): ArchiveBounds {
  const bounds = { ...archiveBounds, ...given }
  return { ...bounds, maxBytes: Math.min(bounds.maxBytes, bounds.folderBytes) }
}

/** The source archives. An archive is made when it is first asked for, and is kept until others need the room. */
export async function createArchives({ directory, storage, log, bounds: given = {} }: Options): Promise<Archives> {
  await prepareDirectory(directory)
  const bounds = boundsOf(given)
  const builds = new Map<string, ArchiveBuild>()
  const room = new ArchiveRoom(directory, bounds)
  const queue = createBoundedQueue({ ...bounds, what: 'archives' })
  const counts = { hits: 0, misses: 0 }

  function begin(archive: Archive | RawFile, key: string, caller: string): ArchiveBuild {
    const onClosed = () => {
      if (builds.get(key) === build) builds.delete(key)
    }
    const build = new ArchiveBuild({ archive, places: placesOf(directory, key), bounds, room, storage, onClosed })
    builds.set(key, build)
    const made = build.run((work, signal) => queue.run(caller, work, signal))
    made.catch((error) => {
      if (!(error instanceof AppError)) log.error({ err: error, ...archive }, 'an archive could not be made')
    })
    return build
  }

  async function open(archive: Archive | RawFile, { caller, signal }: Reader): Promise<OpenArchive> {
    const key = keyOf(archive)
    const place = path.join(directory, key)
    const kept = builds.has(key) ? null : await openKept(place, signal, () => room.read(key))
    counts[kept ? 'hits' : 'misses'] += 1
    if (kept) return kept
    const build = builds.get(key) ?? begin(archive, key, caller)
    const body = await build.read(signal).catch((error) => {
      throw storageFailure(error, log)
    })
    return { size: null, body }
  }

  const sizeOf = (archive: Archive) => sizeOfKept(directory, keyOf(archive))
  return { open, sizeOf, load: queue.load, statistics: () => ({ ...counts }) }
}
