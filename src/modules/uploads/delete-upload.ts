import { recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { RuleViolation } from '../../foundation/errors.ts'
import { getProjectFor } from '../projects/find-project.ts'
import { discardFile } from '../stored-files/stored-file.ts'
import { findUpload, type UploadKey } from './find-upload.ts'

/** Deletes an upload. Notes that show it keep their links. */
export async function deleteUpload(context: Context, projectPath: string, key: UploadKey): Promise<void> {
  const project = await getProjectFor(context, 'upload:delete', projectPath)
  await db.$transaction(async (tx) => {
    const upload = await findUpload(project, key)
    const { count } = upload ? await tx.upload.deleteMany({ where: { id: upload.id } }) : { count: 0 }
    if (!upload || count === 0) throw new RuleViolation('NOT_FOUND', 'Upload does not exist')
    await discardFile(tx, upload.storageKey)
    await recordAuditEvent(tx, context, {
      type: 'upload_deleted',
      scope: { projectId: project.id },
      target: { type: 'Upload', id: upload.id, details: upload.fileName },
      message: `Deleted the upload ${upload.fileName}`,
    })
  })
}
