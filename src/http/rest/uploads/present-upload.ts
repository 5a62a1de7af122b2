import { z } from 'zod'
import type { Upload } from '../../../generated/prisma/client.ts'
import type { ListedUpload } from '../../../modules/uploads/find-upload.ts'
import { markdownFor, markdownPath, uploadPath } from '../../../modules/uploads/upload-names.ts'
import { isoTime, Time } from '../kit/dates.ts'

export const NewUploadBody = z
  .object({
    id: z.int(),
    alt: z.string(),
    url: z.string().describe('The URL inside Markdown of the same project.'),
    full_path: z.string().describe('The path on this server.'),
    markdown: z.string(),
  })
  .meta({ id: 'NewUpload' })

export function presentNewUpload(upload: Upload): z.output<typeof NewUploadBody> {
  const { alt, markdown } = markdownFor(upload)
  return { id: upload.id, alt, url: markdownPath(upload), full_path: uploadPath(upload.projectId, upload), markdown }
}

export const UploadBody = z
  .object({
    id: z.int(),
    size: z.int(),
    filename: z.string(),
    created_at: Time,
    uploaded_by: z.object({ id: z.int(), name: z.string(), username: z.string() }).nullable(),
  })
  .meta({ id: 'Upload' })

/** A JavaScript number holds the size of any file exactly. */
export const presentUpload = ({
  id,
  size,
  fileName,
  createdAt,
  uploaderId,
  username,
  userName,
}: ListedUpload): z.output<typeof UploadBody> => ({
  id,
  size: Number(size),
  filename: fileName,
  created_at: isoTime(createdAt),
  uploaded_by:
    uploaderId === null || username === null || userName === null ? null : { id: uploaderId, name: userName, username },
})
