import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import { can } from '../../access/abilities.ts'
import { assertMayWrite } from '../../access/assert-may-write.ts'
import { recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import { db, type Tx } from '../../database/db.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { AppError, invalid, notFoundOrForbidden } from '../../foundation/errors.ts'
import type { ReportArtifact } from '../../generated/prisma/client.ts'
import { FULL_ID } from '../../git/ref-names.ts'
import type { FileStorage } from '../../storage/file-storage.ts'
import { storageFailure } from '../../storage/storage-failure.ts'
import { type Measured, storeMeasured } from '../../storage/store-measured.ts'
import { discardFile, expectFile, keepFile, removeUnowned } from '../stored-files/stored-file.ts'
import type { ArtifactName } from './find-artifact.ts'
import { LIFETIME_DAYS } from './remove-expired-artifacts.ts'

const MAX_MIB = 100
export const ARTIFACT_BOUND = { maxBytes: MAX_MIB * 1024 ** 2, what: 'A report artifact', most: `${MAX_MIB} MiB` }

const LIFETIME_MS = LIFETIME_DAYS * 24 * 60 * 60 * 1000

export const newArtifactKey = (projectId: number): string => `artifacts/${projectId}/${randomUUID()}`

export type ArtifactUpload = ArtifactName & {
  body: Readable
  /** Does the work when its turn comes, because only a few uploads are stored at a time. */
  inTurn: <Result>(work: () => Promise<Result>) => Promise<Result>
}

/** `stored` is false when the artifact was there already, with the same content. */
export type UploadedArtifact = { artifact: ReportArtifact; stored: boolean }

const FILE_NAME = /^(?!\.{1,2}$)[^\p{Cc}\p{Surrogate}/\\]{1,255}$/u

function assertWellNamed({ sha, fileName }: ArtifactName): void {
  if (!FULL_ID.test(sha)) throw invalid('sha must be a full commit id: 40 or 64 lower-case hex digits')
  if (!FILE_NAME.test(fileName)) {
    throw invalid('file_name must have 1 to 255 characters, without slashes and control characters')
  }
}

/**
 * Stores a file for a commit, so that evidence of the commit's releases refers to it. The commit need not be in the repository
 * yet, because a mirror may be behind the pipeline that uploads.
 */
export async function uploadReportArtifact(
  context: Context,
  storage: FileStorage,
  upload: ArtifactUpload,
): Promise<UploadedArtifact> {
  const { project, body } = upload
  if (!can(context.viewer, 'report-artifact:write', project)) throw notFoundOrForbidden()
  assertMayWrite(context.viewer)
  assertWellNamed(upload)
  const storageKey = newArtifactKey(project.id)
  await expectFile(storageKey)
  try {
    const measured = await upload.inTurn(() => storeMeasured(storage, storageKey, body, ARTIFACT_BOUND))
    return await db.$transaction((tx) => keep(tx, context, upload, { ...measured, storageKey }))
  } catch (error) {
    throw storageFailure(error, context.log)
  } finally {
    // Removes the file unless a row owns it: the same content may have been there. If this fails, a job does it later.
    await removeUnowned(storage, storageKey).catch((error) => context.log.warn({ err: error }, 'a file is left behind'))
  }
}

type StoredFile = Measured & { storageKey: string }

async function keep(
  tx: Tx,
  context: Context,
  { project, sha, fileName }: ArtifactName,
  file: StoredFile,
): Promise<UploadedArtifact> {
  const expiresAt = new Date(databaseNow().getTime() + LIFETIME_MS)
  const content = { ...file, expiresAt }
  const uploaderId = context.viewer.user?.id ?? null
  const [created] = await tx.reportArtifact.createManyAndReturn({
    data: { projectId: project.id, sha, fileName, uploaderId, ...content },
    skipDuplicates: true,
  })
  if (created) return record(tx, context, created)
  const existing = await lockArtifact(tx, { projectId: project.id, sha, fileName })
  const { id, storageKey, evidences } = existing
  if (existing.sha256 === file.sha256) {
    const data = { expiresAt: existing.expiresAt && expiresAt }
    return { artifact: await tx.reportArtifact.update({ where: { id }, data }), stored: false }
  }
  if (evidences.length > 0) {
    throw new AppError('CONFLICT', 'Evidence refers to this report artifact: its content cannot be changed')
  }
  const changed = await tx.reportArtifact.update({ where: { id }, data: { uploaderId, ...content } })
  await discardFile(tx, storageKey)
  return record(tx, context, changed)
}

/** Locks the artifact, so that no evidence refers to it and no other upload replaces it before this upload is done. */
async function lockArtifact(tx: Tx, key: { projectId: number; sha: string; fileName: string }) {
  await tx.$executeRaw`
    SELECT /* reportArtifacts.lock */ FROM report_artifacts
    WHERE project_id = ${key.projectId} AND sha = ${key.sha} AND file_name = ${key.fileName} FOR UPDATE`
  const artifact = await tx.reportArtifact.findUnique({
    where: { projectId_sha_fileName: key },
    include: { evidences: { take: 1 } },
  })
  if (!artifact) throw new AppError('CONFLICT', 'The report artifact has just expired: upload it again')
  return artifact
}

async function record(tx: Tx, context: Context, artifact: ReportArtifact): Promise<UploadedArtifact> {
  await keepFile(tx, artifact.storageKey)
  await recordAuditEvent(tx, context, {
    type: 'report_artifact_uploaded',
    scope: { projectId: artifact.projectId },
    target: { type: 'ReportArtifact', id: artifact.id, details: artifact.fileName },
    message: `Uploaded report artifact ${artifact.fileName} of commit ${artifact.sha}`,
  })
  return { artifact, stored: true }
}
