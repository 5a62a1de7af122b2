import { createHash } from 'node:crypto'
import { opendir, rename, rm, stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { nullIfMissing } from '../../foundation/file-errors.ts'
import { inParallel } from '../../foundation/in-parallel.ts'
import { StartError } from '../../foundation/start-error.ts'
import { unpackObjects, writeRefs } from '../../git/copy-repository.ts'
import { initRepository, repositoryDirectory } from '../../git/mirror-repository.ts'
import type { BackupStore, ServerFiles } from './backup-parts.ts'
import { type Entry, type Header, readEntries, readHeader } from './manifest.ts'
import { parseRefs } from './repository-refs.ts'
import { hasBegun, markBegun, markEnded } from './restore-mark.ts'
import { assertFillable, type Database, isFilled, restoreRows } from './restore-rows.ts'

export type RestoreOptions = ServerFiles & {
  source: BackupStore
  database: Database
  show: (line: string) => void
}

const AT_A_TIME = 4

async function assertEmpty({ storage, repositoriesDir }: ServerFiles): Promise<void> {
  for await (const { key } of storage.list('')) {
    throw new StartError(`A restore needs an empty storage, and this one has ${key}`)
  }
  const folder = await opendir(repositoriesDir).catch(nullIfMissing)
  for await (const { name } of folder ?? []) {
    throw new StartError(`A restore needs an empty folder of repositories, and ${repositoriesDir} has ${name}`)
  }
}

async function contentOf(source: BackupStore, { key }: Entry): Promise<Readable> {
  const content = await source.get(key)
  if (!content) throw new StartError(`The backup does not have ${key}`)
  return content
}

async function isAsIn(entry: Entry, content: Readable): Promise<boolean> {
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of content) {
    size += chunk.length
    hash.update(chunk)
  }
  return size === entry.size && hash.digest('hex') === entry.sha256
}

async function verify(source: BackupStore, entry: Entry): Promise<void> {
  if (await isAsIn(entry, await contentOf(source, entry))) return
  throw new StartError(`The file ${entry.key} of the backup is damaged`)
}

/** Makes the repository beside its place, and moves it there when it is whole. */
async function restoreRepository({ source, repositoriesDir }: RestoreOptions, entry: Entry): Promise<void> {
  const directory = repositoryDirectory(repositoriesDir, Number(entry.of))
  if (await stat(directory).catch(nullIfMissing)) return
  const incoming = `${directory}.incoming-restore`
  await rm(incoming, { recursive: true, force: true })
  const { head, pack, refs } = await parseRefs(await contentOf(source, entry))
  if (pack) {
    const key = entry.key.replace(/\.refs$/, '.pack')
    await unpackObjects(incoming, await contentOf(source, { ...entry, key }))
  } else await initRepository(incoming)
  await writeRefs(incoming, { head, refs })
  await rename(incoming, directory)
}

async function restoreFile({ source, storage }: RestoreOptions, entry: Entry, goesOn: boolean): Promise<void> {
  const there = goesOn ? await storage.get(entry.of) : null
  if (there && (await isAsIn(entry, there))) return
  await storage.put(entry.of, await contentOf(source, entry))
}

/** Restores what no row is. Nothing is written twice when an earlier restore was killed. */
async function restoreFiles(options: RestoreOptions, goesOn: boolean): Promise<void> {
  let done = 0
  await inParallel(readEntries(options.source), AT_A_TIME, async (entry) => {
    options.show(`restored ${++done}`)
    if (entry.kind === 'file') await restoreFile(options, entry, goesOn)
    if (entry.kind === 'refs') await restoreRepository(options, entry)
  })
}

/** Verifies the whole backup, and returns the entries of its rows. */
async function verifyAll({ source, show }: RestoreOptions): Promise<Entry[]> {
  const rows: Entry[] = []
  let done = 0
  await inParallel(readEntries(source), AT_A_TIME, async (entry) => {
    show(`verified ${++done}`)
    if (entry.kind === 'rows') rows.push(entry)
    await verify(source, entry)
  })
  return rows
}

/**
 * Restores a backup into an empty database and empty folders. Verifies all of it before it writes anything. Goes on where an
 * earlier restore of this backup was killed.
 */
export async function restoreBackup(options: RestoreOptions): Promise<Header> {
  const { source, database, repositoriesDir, show } = options
  const header = await readHeader(source)
  const goesOn = await hasBegun(repositoriesDir, header)
  // Killed behind its last transaction, a restore has nothing left to do.
  if (!goesOn || !(await isFilled(database, header))) {
    await assertFillable(database, header)
    if (!goesOn) await assertEmpty(options)
    const entries = await verifyAll(options)
    await markBegun(repositoriesDir, header)
    await restoreFiles(options, goesOn)
    // Last: as long as the database is empty, the restore has not ended.
    await restoreRows(database, { header, source, entries, show })
  }
  await markEnded(repositoriesDir)
  return header
}
