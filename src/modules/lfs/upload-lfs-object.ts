import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { AppError, invalid } from '../../foundation/errors.ts'
import type { Project } from '../../generated/prisma/client.ts'
import type { FileStorage } from '../../storage/file-storage.ts'
import { storageFailure } from '../../storage/storage-failure.ts'
import { storeMeasured } from '../../storage/store-measured.ts'
import { expectFile, keepFile, removeUnowned } from '../stored-files/stored-file.ts'
import { findLfsObject, MAX_LFS_BYTES } from './lfs-objects.ts'

/** What the client announces, and the content itself. */
type SentObject = { sha256: string; size: number; body: Readable }

const differs = () => invalid('The content does not have the announced size and SHA-256')

async function receive(storage: FileStorage, storageKey: string, { sha256, size, body }: SentObject): Promise<void> {
  const measured = await storeMeasured(storage, storageKey, body, { maxBytes: size, what: 'The content' }).catch(
    (error) => {
      throw error instanceof AppError && error.code === 'TOO_LARGE' ? differs() : error
    },
  )
  if (measured.sha256 !== sha256 || measured.size !== BigInt(size)) throw differs()
}

/** Stores an object of a project to which the viewer may push. Nobody sees the object before it is complete and verified. */
export async function uploadLfsObject(
  context: Context,
  storage: FileStorage,
  { project, sent }: { project: Project; sent: SentObject },
): Promise<void> {
  const { sha256, size } = sent
  if (size > MAX_LFS_BYTES) throw new AppError('TOO_LARGE', `An object may have at most ${MAX_LFS_BYTES} bytes`)
  if ((await findLfsObject(project, sha256))?.size === BigInt(size)) return
  const storageKey = `lfs/${project.id}/${randomUUID()}`
  await expectFile(storageKey)
  try {
    await receive(storage, storageKey, sent)
    await db.$transaction(async (tx) => {
      // If an object is uploaded twice at the same time, the first upload is kept. The other file has no row.
      const data = { projectId: project.id, sha256, size, storageKey }
      const { count } = await tx.lfsObject.createMany({ data, skipDuplicates: true })
      if (count > 0) await keepFile(tx, storageKey)
    })
  } catch (error) {
    throw storageFailure(error, context.log)
  } finally {
    // If this fails, a job does it later.
    await removeUnowned(storage, storageKey).catch((error) => context.log.warn({ err: error }, 'a file is left behind'))
  }
}
