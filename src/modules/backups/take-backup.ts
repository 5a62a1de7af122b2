import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { version } from '../../foundation/version.ts'
import { backUpFiles, removeOldFiles } from './back-up-files.ts'
import { backUpRepositories, noteTags } from './back-up-repositories.ts'
import { backUpRows } from './back-up-rows.ts'
import { whileNothingIsRemoved } from './backup-lock.ts'
import type { BackupParts, BackupStore, ServerFiles } from './backup-parts.ts'
import { noteBackup } from './last-backup.ts'
import { createManifest, FORMAT, type Header } from './manifest.ts'

export type BackupOptions = ServerFiles & {
  /** A connection of this database has a session of its own. */
  url: string
  target: BackupStore
  show: (line: string) => void
}

export type BackupSummary = { takenAt: string; files: number; bytes: number; problems: string[]; problemCount: number }

/** A backup gives up then, because removals wait for it. */
const LONGEST_MS = 48 * 60 * 60_000
const MOST_PROBLEMS = 1000

function gatherProblems() {
  const problems: string[] = []
  let count = 0
  const add = (problem: string) => {
    count += 1
    if (problems.length < MOST_PROBLEMS) problems.push(problem)
  }
  return { add, problems, count: () => count }
}

/** Removes what only earlier runs have named. Their manifest is replaced by now. */
async function removeOld(parts: BackupParts, files: string, repositories: ReadonlySet<string>): Promise<void> {
  for await (const { key } of parts.target.list('rows/')) {
    if (!key.startsWith(`rows/${parts.run}/`)) await parts.target.remove(key)
  }
  for await (const { key } of parts.target.list('repositories/')) {
    if (!repositories.has(key.replace(/\.\w+$/, ''))) await parts.target.remove(key)
  }
  await removeOldFiles(parts, files)
}

type Prepared = Omit<BackupOptions, 'url'> & { url: string; scratch: string }

async function take({ url, scratch, ...options }: Prepared): Promise<BackupSummary> {
  const manifest = createManifest(scratch)
  const { add: onProblem, problems, count } = gatherProblems()
  const run = new Date().toISOString().replaceAll(/[:.]/g, '-')
  const signal = AbortSignal.timeout(LONGEST_MS)
  const parts: BackupParts = { ...options, manifest, scratch, run, onProblem, signal }
  return whileNothingIsRemoved(url, async (client, assertHeld) => {
    await parts.target.removeUnfinished()
    // The order matters: the rows name files and commits, which are copied after them and are not removed meanwhile.
    await noteTags(parts)
    const { files, released, ...rows } = await backUpRows(client, parts)
    const repositories = await backUpRepositories(parts, released)
    await backUpFiles(parts, files)
    await assertHeld()
    const header: Header = { format: FORMAT, version, problems, ...rows }
    await manifest.finish(options.target, header)
    await noteBackup(client, rows.takenAt)
    await removeOld(parts, files, repositories)
    const counted = manifest.counted()
    return { takenAt: rows.takenAt, files: counted.count, bytes: counted.bytes, problems, problemCount: count() }
  })
}

/**
 * Copies rows, repositories and files to a store, while the server goes on. A store that has an earlier backup gets only what is new,
 * and has the earlier backup until the new one is complete.
 */
export async function takeBackup(options: BackupOptions): Promise<BackupSummary> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'waybill-backup-'))
  try {
    return await take({ ...options, scratch })
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}
