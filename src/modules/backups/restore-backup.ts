import { createHash } from 'node:crypto'
import { opendir } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { nullIfMissing } from '../../foundation/file-errors.ts'
import { inParallel } from '../../foundation/in-parallel.ts'
import { StartError } from '../../foundation/start-error.ts'
import { unpackObjects, writeRefs } from '../../git/copy-repository.ts'
import { initRepository, repositoryDirectory } from '../../git/mirror-repository.ts'
import type { BackupStore, ServerFiles } from './backup-parts.ts'
import { type Entry, type Header, readEntries, readHeader } from './manifest.ts'
import { parseRefs } from './repository-refs.ts'
import { assertFillable, type Database, restoreRows } from './restore-rows.ts'

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

async function verify(source: BackupStore, entry: Entry): Promise<void> {
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of await contentOf(source, entry)) {
    size += chunk.length
    hash.update(chunk)
  }
  if (size === entry.size && hash.digest('hex') === entry.sha256) return
  throw new StartError(`The file ${entry.key} of the backup is damaged`)
}

async function restoreRefs(source: BackupStore, entry: Entry, repositoriesDir: string): Promise<void> {
  const { head, pack, refs } = await parseRefs(await contentOf(source, entry))
  const directory = repositoryDirectory(repositoriesDir, Number(entry.of))
  if (pack) {
    const key = entry.key.replace(/\.refs$/, '.pack')
    await unpackObjects(directory, await contentOf(source, { ...entry, key }))
  } else await initRepository(directory)
  await writeRefs(directory, { head, refs })
}

async function restoreEntry({ source, storage, repositoriesDir }: RestoreOptions, entry: Entry): Promise<void> {
  if (entry.kind === 'file') await storage.put(entry.of, await contentOf(source, entry))
  if (entry.kind === 'refs') await restoreRefs(source, entry, repositoriesDir)
}

/** Restores a backup into an empty database and empty folders. Verifies all of it before it writes anything. */
export async function restoreBackup(options: RestoreOptions): Promise<Header> {
  const { source, database, show } = options
  const header = await readHeader(source)
  await assertFillable(database, header)
  await assertEmpty(options)
  const rows: Entry[] = []
  let done = 0
  await inParallel(readEntries(source), AT_A_TIME, async (entry) => {
    show(`verified ${++done}`)
    if (entry.kind === 'rows') rows.push(entry)
    await verify(source, entry)
  })
  done = 0
  await inParallel(readEntries(source), AT_A_TIME, async (entry) => {
    show(`restored ${++done}`)
    await restoreEntry(options, entry)
  })
  // Last: as long as the database is empty, the restore is not done, and can begin again.
  await restoreRows(database, { header, source, entries: rows, show })
  return header
}
