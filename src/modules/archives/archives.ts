import { availableParallelism } from 'node:os'
import { AppError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { type Archive, keyOf } from './archive.ts'
import { ArchiveBuild } from './archive-build.ts'
import { evict, openKept, placesOf, prepareDirectory, sizeOfKept } from './archive-files.ts'

const MAX_BYTES = 5 * 1024 ** 3

export type OpenArchive = {
  /** In bytes; null while it is still being written. */
  size: number | null
  body: ReadableStream<Uint8Array>
}

export type Archives = {
  /** Once the signal aborts, the archive is not wanted any more, and not written on unless somebody else waits for it. */
  open: (archive: Archive, signal: AbortSignal) => Promise<OpenArchive>
  /** In bytes; null when it would have to be made. */
  sizeOf: (archive: Archive) => Promise<number | null>
}

/** Runs at most so many at a time; the others wait in line. */
function createLine(width: number) {
  const waiting: (() => void)[] = []
  let free = width
  return async (run: () => Promise<void>): Promise<void> => {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      await run()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free += 1
    }
  }
}

type Options = {
  /** Holds nothing else. */
  directory: string
  log: Log
  /** Of all archives that are kept. */
  maxBytes?: number
}

/** Source archives: each is made once, when it is first asked for, and kept until the room is needed for others. */
export async function createArchives({ directory, log, maxBytes = MAX_BYTES }: Options): Promise<Archives> {
  await prepareDirectory(directory)
  const builds = new Map<string, ArchiveBuild>()
  const inLine = createLine(availableParallelism())

  function begin(archive: Archive, key: string): ArchiveBuild {
    const forget = () => {
      if (builds.get(key) === build) builds.delete(key)
    }
    const build = new ArchiveBuild(archive, placesOf(directory, key), forget)
    builds.set(key, build)
    const make = async () => {
      await build.run()
      await evict(directory, maxBytes)
    }
    inLine(make).catch((error) => {
      if (!(error instanceof AppError)) log.error({ err: error, ...archive }, 'an archive could not be made')
    })
    return build
  }

  async function open(archive: Archive, signal: AbortSignal): Promise<OpenArchive> {
    const key = keyOf(archive)
    const kept = builds.has(key) ? null : await openKept(directory, key, signal)
    if (kept) return kept
    const build = builds.get(key) ?? begin(archive, key)
    return { size: null, body: await build.read(signal) }
  }

  return { open, sizeOf: (archive) => sizeOfKept(directory, keyOf(archive)) }
}
