import { readdir, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { db } from '../../database/db.ts'

/** An artifact that no evidence refers to is kept for 30 days after its last upload. */
export const LIFETIME_MS = 30 * 24 * 60 * 60 * 1000

/** What is as old as this and in no row was left behind by a crash: an upload takes minutes. */
const LEFT_BEHIND_MS = 24 * 60 * 60 * 1000

/** Keys of files, of unfinished ones too, that have not been written to for a day. */
async function listOldFiles(directory: string, now: Date): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const keys = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
  const ages = await Promise.all(
    keys.map(async (key) => {
      const { mtimeMs } = await stat(path.join(directory, key)).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }))
      return { key, age: now.getTime() - mtimeMs }
    }),
  )
  return ages.filter(({ age }) => age > LEFT_BEHIND_MS).map(({ key }) => key)
}

const PAUSE_MS = 24 * 60 * 60 * 1000
/** The date of this file is the time of the last sweep by any process. */
const MARKER = 'swept'

async function isDue(directory: string, now: Date): Promise<boolean> {
  const marker = path.join(directory, MARKER)
  const last = await stat(marker).catch(() => null)
  if (last && now.getTime() - last.mtimeMs < PAUSE_MS) return false
  await writeFile(marker, '')
  return true
}

/** Removes artifacts that have expired, and files that no artifact owns. The artifacts of evidence stay. */
export async function sweepArtifacts(directory: string, now: Date): Promise<void> {
  await db.reportArtifact.deleteMany({
    where: {
      evidences: { none: {} },
      // An artifact without a date had evidence, which was deleted.
      OR: [{ expiresAt: { lt: now } }, { expiresAt: null, createdAt: { lt: new Date(now.getTime() - LIFETIME_MS) } }],
    },
  })
  const keys = await listOldFiles(directory, now)
  const owned = await db.reportArtifact.findMany({ where: { storageKey: { in: keys } }, select: { storageKey: true } })
  const kept = new Set([MARKER, ...owned.map(({ storageKey }) => storageKey)])
  for (const key of keys) if (!kept.has(key)) await rm(path.join(directory, key), { force: true })
}

/** Once a day an upload sweeps, because uploads fill the disk. */
export async function sweepWhenDue(directory: string, now: Date): Promise<void> {
  if (await isDue(directory, now)) await sweepArtifacts(directory, now)
}
