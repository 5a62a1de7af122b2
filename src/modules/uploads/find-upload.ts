import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { Prisma, type Project, type Upload } from '../../generated/prisma/client.ts'
import type { PageInput } from '../../rows/numbered-page.ts'
import { table } from '../../rows/table.ts'

/** An upload is named by its number, which can be guessed, or by its secret, which only its URL contains. */
export type UploadKey = { id: number } | { secret: string; fileName: string }

/** The caller has checked that the viewer may see the upload. */
export const findUpload = (project: Project, key: UploadKey): Promise<Upload | null> =>
  db.upload.findFirst({ where: { ...key, projectId: project.id } })

/** An upload with its uploader; null when the account is gone. */
export type ListedUpload = Upload & { username: string | null; userName: string | null }

const uploads = table<ListedUpload>('uploads', 'a', {
  fields: Prisma.UploadScalarFieldEnum,
  dates: { createdAt: true },
  from: Prisma.sql`uploads a LEFT JOIN users u ON u.id = a.uploader_id`,
  more: Prisma.sql`u.username, u.name AS "userName"`,
  reviveMore: (upload) => {
    upload.size = BigInt(upload.size)
  },
})

export function numberedUploads(context: Context, { id }: Project, page: PageInput) {
  const order = { terms: [Prisma.sql`a.id`], direction: 'desc' } as const
  return uploads.numberedPage(
    context,
    'numberedPageOfProject',
    { where: Prisma.sql`a.project_id = ${id}`, order },
    page,
  )
}
