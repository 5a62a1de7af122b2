import { db } from '../../database/db.ts'
import type { Project, Upload } from '../../generated/prisma/client.ts'

/** An upload is named by its number, which can be guessed, or by its secret, which only its URL contains. */
export type UploadKey = { id: number } | { secret: string; fileName: string }

/** The caller has checked that the viewer may see the upload. */
export const findUpload = (project: Project, key: UploadKey): Promise<Upload | null> =>
  db.upload.findFirst({ where: { ...key, projectId: project.id } })
