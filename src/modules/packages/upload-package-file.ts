import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import { assertMayWrite } from '../../access/assert-may-write.ts'
import { recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import { db, type Tx } from '../../database/db.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { AppError, invalid, RuleViolation } from '../../foundation/errors.ts'
import type { Package, PackageFile, Project } from '../../generated/prisma/client.ts'
import type { FileStorage } from '../../storage/file-storage.ts'
import { storageFailure } from '../../storage/storage-failure.ts'
import { type Measured, storeMeasured } from '../../storage/store-measured.ts'
import { getProjectFor } from '../projects/find-project.ts'
import { discardFile, expectFile, keepFile, removeUnowned } from '../stored-files/stored-file.ts'
import { assertWellNamed, type PackageFileName } from './package-names.ts'

export type PackageFileUpload = PackageFileName & {
  projectPath: string
  body: Readable
  /** The SHA-256 that the client announces, in lower-case hex; null: it announces none. */
  sha256: string | null
  /** Whether lists leave the package out; undefined: as it is now. Called when the body has been read. */
  hidden: () => Promise<boolean | undefined>
  /** The most bytes of the body. Absent: as many as the storage takes. */
  maxBytes?: number
}

const duplicate = () => new RuleViolation('INVALID', 'Duplicate package is not allowed')

/** Refuses a duplicate before the body is read. The transaction checks again. */
async function assertMayReplace(project: Project, { packageName, packageVersion, fileName }: PackageFileName) {
  if (project.packageDuplicatesAllowed) return
  const named = { projectId: project.id, name: packageName, version: packageVersion }
  if ((await db.packageFile.count({ where: { fileName, package: named } })) > 0) throw duplicate()
}

type Keep = {
  project: Project
  upload: PackageFileUpload
  key: string
  measured: Measured
  hidden: boolean | undefined
}

async function getPackage(tx: Tx, context: Context, { project, upload, hidden }: Keep): Promise<Package> {
  const { packageName: name, packageVersion: version } = upload
  const creatorId = context.viewer.user?.id ?? null
  const key = { projectId: project.id, name, version }
  await tx.package.createMany({ data: { ...key, creatorId, updatedAt: databaseNow() }, skipDuplicates: true })
  // Locks the package, so that of two uploads of one file at the same time the later replaces the earlier.
  const [row] = await tx.package.updateManyAndReturn({
    where: key,
    data: { updatedAt: databaseNow(), ...(hidden === undefined ? {} : { hidden }) },
  })
  if (!row) throw new AppError('CONFLICT', 'The package has just been deleted: upload the file again')
  return row
}

async function keep(tx: Tx, context: Context, kept: Keep): Promise<PackageFile> {
  const { project, upload, key, measured } = kept
  const { id: packageId, name, version } = await getPackage(tx, context, kept)
  const { fileName } = upload
  const where = { packageId_fileName: { packageId, fileName } }
  const present = await tx.packageFile.findUnique({ where })
  if (present && !project.packageDuplicatesAllowed) throw duplicate()
  const content = { ...measured, storageKey: key }
  const file = present
    ? await tx.packageFile.update({ where, data: { ...content, createdAt: databaseNow() } })
    : await tx.packageFile.create({ data: { packageId, fileName, ...content } })
  if (present) await discardFile(tx, present.storageKey)
  await keepFile(tx, key)
  await recordAuditEvent(tx, context, {
    type: 'package_file_uploaded',
    scope: { projectId: project.id },
    target: { type: 'Packages::Package', id: packageId, details: name },
    message: `${present ? 'Replaced' : 'Uploaded'} file ${fileName} of package ${name} ${version}`,
  })
  return file
}

/** Stores a file of a package, and creates the package if it is missing. Nobody sees the file before it is complete. */
export async function uploadPackageFile(
  context: Context,
  storage: FileStorage,
  upload: PackageFileUpload,
): Promise<PackageFile> {
  const project = await getProjectFor(context, 'package:write', upload.projectPath)
  assertMayWrite(context.viewer)
  assertWellNamed(upload)
  await assertMayReplace(project, upload)
  const key = `${project.id}/${randomUUID()}`
  await expectFile(key)
  try {
    const { maxBytes } = upload
    const bound = maxBytes === undefined ? undefined : { maxBytes, what: `The file ${upload.fileName}` }
    const measured = await storeMeasured(storage, key, upload.body, bound)
    if (upload.sha256 !== null && upload.sha256 !== measured.sha256) {
      throw invalid(`The file's SHA-256 is ${measured.sha256}, not ${upload.sha256}: it was changed on its way`)
    }
    const kept = { project, upload, key, measured, hidden: await upload.hidden() }
    return await db.$transaction((tx) => keep(tx, context, kept))
  } catch (error) {
    // Removes the file unless a row owns it: a commit has happened even if its answer was lost. If this fails, a job does it
    // later.
    await removeUnowned(storage, key).catch((failure) => context.log.warn({ err: failure }, 'a file is left behind'))
    throw storageFailure(error, context.log)
  }
}
