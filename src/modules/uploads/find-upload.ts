import { db } from '../../database/db.ts'
import type { Project, Upload } from '../../generated/prisma/client.ts'

/** By its number, which can be guessed, or by what only its URL tells. */
export type UploadKey = { id: number } | { secret: string; fileName: string }

/** Of a project of which the viewer may know that. */
export const findUpload = (project: Project, key: UploadKey): Promise<Upload | null> =>
  db.upload.findFirst({ where: { ...key, projectId: project.id } })
