import { randomBytes, randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import { can } from '../../access/abilities.ts'
import { assertMayWrite } from '../../access/assert-may-write.ts'
import { recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import { db, type Tx } from '../../database/db.ts'
import { notFoundOrForbidden } from '../../foundation/errors.ts'
import type { Project, Upload } from '../../generated/prisma/client.ts'
import type { FileStorage } from '../../storage/file-storage.ts'
import { storageFailure } from '../../storage/storage-failure.ts'
import { type Measured, storeMeasured } from '../../storage/store-measured.ts'
import { expectFile, keepFile, removeUnowned } from '../stored-files/stored-file.ts'
import { cleanFileName } from './upload-names.ts'

/** 32 hex digits. */
const SECRET_BYTES = 16

type Sent = {
  body: Readable
  /** As the client calls it. */
  fileName: string
  maxBytes: number
  /** Fails when what came around the file is not whole. */
  complete: () => Promise<unknown>
}

/** A file that has come as a whole, and is not seen yet. */
export type Received = Measured & { fileName: string; storageKey: string }

/**
 * Receives a file that Markdown of the project is to show or link to, and hands it to `use`, which gives it its row by
 * `keepUpload`; without one it is removed.
 */
export async function receiveUpload<Result>(
  context: Context,
  storage: FileStorage,
  { project, sent }: { project: Project; sent: Sent },
  use: (received: Received) => Promise<Result>,
): Promise<Result> {
  if (!can(context.viewer, 'upload:create', project)) throw notFoundOrForbidden()
  assertMayWrite(context.viewer)
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
    // A commit whose answer was lost has happened all the same: then a row owns it. What fails here is done by the job.
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
