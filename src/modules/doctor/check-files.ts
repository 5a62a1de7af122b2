import { createHash } from 'node:crypto'
import path from 'node:path'
import { db } from '../../database/db.ts'
import { inParallel } from '../../foundation/in-parallel.ts'
import type { ListedFile } from '../../storage/file-storage.ts'
import { compareKeys } from '../backups/back-up-files.ts'
import { listStoredFiles, readStoredFiles, type StoredFile } from '../backups/stored-files.ts'
import { isAwaited, isOwned, removeUnowned } from '../stored-files/stored-file.ts'
import { type DoctorParts, YOUNG_MS } from './finding.ts'

const AT_A_TIME = 4

/** What people call the file. */
async function nameOf(key: string): Promise<string> {
  const where = { storageKey: key }
  const file = await db.packageFile.findUnique({ where, include: { package: { include: { project: true } } } })
  if (file) {
    const { name, version, project } = file.package
    return `the file ${file.fileName} of the package ${name} ${version} of ${project.fullPath} (${key})`
  }
  const include = { project: true }
  const upload = await db.upload.findUnique({ where, include })
  if (upload) return `the upload ${upload.fileName} of ${upload.project.fullPath} (${key})`
  const report = await db.reportArtifact.findUnique({ where, include })
  if (report) return `the report artifact ${report.fileName} of ${report.project.fullPath} (${key})`
  const object = await db.lfsObject.findUnique({ where, include })
  if (object) return `the Git LFS object ${object.sha256} of ${object.project.fullPath} (${key})`
  return `the file ${key}`
}

async function digestOf({ storage }: DoctorParts, key: string): Promise<string | null> {
  const hash = createHash('sha256')
  const content = await storage.get(key)
  if (!content) return null
  for await (const chunk of content) hash.update(chunk)
  return hash.digest('hex')
}

async function checkOwned(parts: DoctorParts, row: StoredFile, there: ListedFile | null): Promise<void> {
  const { key, size, sha256 } = row
  const say = async (kind: 'missing' | 'damaged', how: string) => {
    // It may have been deleted since the list was made.
    if (await isOwned(key)) parts.report({ kind, what: (await nameOf(key)) + how, mended: false })
  }
  if (there === null) return say('missing', '')
  if (there.size !== size) return say('damaged', `: it has ${there.size} bytes, and not ${size}`)
  if (!parts.readsFiles) return
  const digest = await digestOf(parts, key)
  if (digest !== sha256) await say('damaged', `: its SHA-256 is ${digest}, and not ${sha256}`)
}

async function checkUnowned({ storage, mends, report }: DoctorParts, { key, size, modifiedAt }: ListedFile) {
  if (Date.now() - modifiedAt.getTime() < YOUNG_MS) return
  if ((await isOwned(key)) || (await isAwaited(key))) return
  if (mends) await removeUnowned(storage, key)
  report({ kind: 'orphaned', what: `the file ${key}, ${size} bytes`, mended: mends })
}

/** Compares the files that rows name with the files in the storage, both ways. Returns how many rows there are. */
export async function checkFiles(parts: DoctorParts): Promise<number> {
  const list = path.join(parts.scratch, 'files')
  await listStoredFiles(parts.client, list)
  let count = 0
  await inParallel(compareKeys(readStoredFiles(list), parts.storage.list('')), AT_A_TIME, async ({ row, there }) => {
    if (row) {
      parts.show(`file ${++count}`)
      await checkOwned(parts, row, there)
    } else if (there) await checkUnowned(parts, there)
  })
  return count
}
