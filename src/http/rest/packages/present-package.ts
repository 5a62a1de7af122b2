import { z } from 'zod'
import type { Context } from '../../../context/context.ts'
import type { Package, PackageFile, Project } from '../../../generated/prisma/client.ts'
import { isoTime, Time } from '../kit/dates.ts'

export const PackageBody = z
  .object({
    id: z.int(),
    name: z.string(),
    version: z.string(),
    package_type: z.literal('generic'),
    status: z.enum(['default', 'hidden']),
    created_at: Time,
  })
  .meta({ id: 'Package' })

export const presentPackage = (row: Package): z.output<typeof PackageBody> => ({
  id: row.id,
  name: row.name,
  version: row.version,
  package_type: 'generic',
  status: row.hidden ? 'hidden' : 'default',
  created_at: isoTime(row.createdAt),
})

export const PackageFileBody = z
  .object({
    id: z.int(),
    package_id: z.int(),
    created_at: Time,
    file_name: z.string(),
    size: z.int(),
    file_sha256: z.string(),
    file: z.object({ url: z.string() }),
  })
  .meta({
    id: 'PackageFile',
    description:
      '`file.url` downloads the newest content with this name. The `file_name` of a file in folders is percent-encoded.',
  })

/** A name with folders is percent-encoded, because clients put it into a URL. GitLab does the same. */
const shownName = (fileName: string) => (fileName.includes('/') ? encodeURIComponent(fileName) : fileName)

/** A JavaScript number holds the size of any file exactly. */
export const presentPackageFile = (
  { baseUrl }: Context,
  { fullPath }: Project,
  file: PackageFile,
): z.output<typeof PackageFileBody> => ({
  id: file.id,
  package_id: file.packageId,
  created_at: isoTime(file.createdAt),
  file_name: shownName(file.fileName),
  size: Number(file.size),
  file_sha256: file.sha256,
  file: { url: `${baseUrl}/${fullPath}/-/package_files/${file.id}/download` },
})
