// What a backup is made of. The manifest is written last, so a folder without one is no finished backup.
import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { z } from 'zod'
import { StartError } from '../../foundation/start-error.ts'
import type { FileStorage } from '../../storage/file-storage.ts'

const MANIFEST = 'manifest.jsonl.gz'
export const FORMAT = 1

const Entry = z.object({
  /** Rows of a table, the objects or the refs of a repository, or a stored file. */
  kind: z.enum(['rows', 'pack', 'refs', 'file']),
  /** The table, the number of the project, or the key in the server's own storage. */
  of: z.string(),
  /** Where it is in the backup. */
  key: z.string(),
  /** Of the content, not of what encryption makes of it. */
  size: z.int(),
  sha256: z.string(),
})
export type Entry = z.output<typeof Entry>

const Header = z.object({
  format: z.int(),
  /** The version of Waybill that took the backup. */
  version: z.string(),
  /** The moment that the rows show. */
  takenAt: z.string(),
  migrations: z.array(z.string()),
  /** The columns of each table. */
  tables: z.record(z.string(), z.array(z.string())),
  /** The last number that each sequence has given. */
  sequences: z.record(z.string(), z.string()),
  /** What the server itself did not have any more. */
  problems: z.array(z.string()),
})
export type Header = z.output<typeof Header>

const End = z.object({ entries: z.int() })

/** Gathers the entries in a file, because there may be millions. */
export function createManifest(scratch: string) {
  const file = path.join(scratch, 'manifest')
  const entries = createWriteStream(file, { mode: 0o600 })
  const failed = new Promise<never>((_resolve, reject) => entries.once('error', reject))
  failed.catch(() => undefined)
  let count = 0
  let bytes = 0
  return {
    async add(entry: Entry): Promise<void> {
      count += 1
      bytes += entry.size
      const hasRoom = entries.write(`${JSON.stringify(entry)}\n`)
      if (!hasRoom) await Promise.race([once(entries, 'drain'), failed])
    },
    counted: () => ({ count, bytes }),
    /** Writes the manifest, which finishes the backup. */
    async finish(target: FileStorage, header: Header): Promise<void> {
      await Promise.race([new Promise<void>((resolve) => entries.end(() => resolve())), failed])
      await appendFile(file, `${JSON.stringify({ entries: count })}\n`)
      const lines = async function* () {
        yield `${JSON.stringify(header)}\n`
        yield* createReadStream(file)
      }
      const zipped = createGzip()
      const writing = pipeline(Readable.from(lines(), { objectMode: false }), zipped)
      await Promise.all([target.put(MANIFEST, zipped), writing])
    },
  }
}

async function* linesOf(target: FileStorage): AsyncGenerator<unknown> {
  const content = await target.get(MANIFEST)
  if (!content) throw new StartError('There is no finished backup: it has no manifest')
  const unzipped = createGunzip()
  const reading = pipeline(content, unzipped).catch((error) => error as Error)
  try {
    for await (const line of createInterface({ input: unzipped, crlfDelay: Number.POSITIVE_INFINITY })) {
      yield JSON.parse(line)
    }
  } finally {
    unzipped.destroy()
  }
  const failure = await reading
  if (failure) throw failure
}

/** Throws when this version of Waybill does not know the backup's format. */
export async function readHeader(target: FileStorage): Promise<Header> {
  for await (const line of linesOf(target)) {
    const header = Header.parse(line)
    if (header.format === FORMAT) return header
    throw new StartError(`The backup has the format ${header.format}, and this version of Waybill knows ${FORMAT}`)
  }
  throw new StartError('The manifest of the backup is empty')
}

/** Throws at the end when the manifest was cut off. */
export async function* readEntries(target: FileStorage): AsyncGenerator<Entry> {
  let [isHeader, count, isWhole] = [true, 0, false]
  for await (const line of linesOf(target)) {
    const end = isHeader ? null : End.safeParse(line)
    if (end?.success) isWhole = end.data.entries === count
    else if (!isHeader) {
      yield Entry.parse(line)
      count += 1
    }
    isHeader = false
  }
  if (!isWhole) throw new StartError('The manifest of the backup is not whole')
}
