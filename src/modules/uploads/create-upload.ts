import { randomBytes, randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import { can } from '../../access/abilities.ts'
import { assertMayWrite } from '../../access/assert-may-write.ts'
import { recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import { db, type Tx } from '../../database/db.ts'
import { notFoundOrForbidden, RuleViolation } from '../../foundation/errors.ts'
import type { Project, Upload } from '../../generated/prisma/client.ts'
import type { FileStorage } from '../../storage/file-storage.ts'
import { storageFailure } from '../../storage/storage-failure.ts'
import { type Measured, storeMeasured } from '../../storage/store-measured.ts'
import { expectFile, keepFile, removeUnowned } from '../stored-files/stored-file.ts'
import { MOST_UPLOADS } from './upload-bounds.ts'
import { cleanFileName } from './upload-names.ts'

/** Gives 32 hex digits. */
const SECRET_BYTES = 16

type Sent = {
  body: Readable
  /** The name that the client gives. */
  fileName: string
  maxBytes: number
  /** Fails when the body around the file is not complete. */
  complete: () => Promise<unknown>
}

/** A file that has come completely. Nobody sees it yet. */
export type Received = Measured & { fileName: string; storageKey: string }

async function assertRoom({ id: projectId }: Project): Promise<void> {
  if ((await db.upload.count({ where: { projectId } })) < MOST_UPLOADS) return
  throw new RuleViolation(
    'INVALID',
    `A project may have at most ${MOST_UPLOADS} uploads: delete some that no notes show`,
  )
}

/**
 * Receives a file that the project's Markdown will show or link to, and passes it to `use`. There `keepUpload` gives the file its
 * row. A file without a row is removed.
 */
export async function receiveUpload<Result>(
  context: Context,
  storage: FileStorage,
  { project, sent }: { project: Project; sent: Sent },
  use: (received: Received) => Promise<Result>,
): Promise<Result> {
  if (!can(context.viewer, 'upload:create', project)) throw notFoundOrForbidden()
  assertMayWrite(context.viewer)
  await assertRoom(project)
  const storageKey = `uploads/${project.id}/${randomUUID()}`
  await expectFile(storageKey)
  try {
    const bound = { maxBytes: sent.maxBytes, what: 'An upload' }
    const measured = await storeMeasured(storage, storageKey, sent.body, bound)
    await sent.complete()
    return await use({ ...measured, fileName: cleanFileName(sent.fileName), storageKey })
  } catch (error) {
    throw storageFailure(error, context.log)
  } finally {
    // Removes the file unless a row owns it: a commit has happened even if its answer was lost. If this fails, a job does it
    // later.
    await removeUnowned(storage, storageKey).catch((error) => context.log.warn({ err: error }, 'a file is left behind'))
  }
}

export const keepUpload = (context: Context, project: Project, received: Received): Promise<Upload> =>
  db.$transaction((tx) => keep(tx, context, project, received))

async function keep(tx: Tx, context: Context, project: Project, received: Received): Promise<Upload> {
  const secret = randomBytes(SECRET_BYTES).toString('hex')
  const uploaderId = context.viewer.user?.id ?? null
  const upload = await tx.upload.create({ data: { ...received, projectId: project.id, secret, uploaderId } })
  await keepFile(tx, received.storageKey)
  await recordAuditEvent(tx, context, {
    type: 'upload_created',
    scope: { projectId: project.id },
    target: { type: 'Upload', id: upload.id, details: upload.fileName },
    message: `Uploaded ${upload.fileName}`,
  })
  return upload
}
