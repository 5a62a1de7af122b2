import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { type Package, type PackageFile, Prisma, type Project } from '../../generated/prisma/client.ts'
import type { PageInput } from '../../rows/numbered-page.ts'
import { table } from '../../rows/table.ts'
import type { PackageFileName } from './package-names.ts'

/** A package of a project whose code the viewer may read. */
export const findPackage = (project: Project, id: number): Promise<Package | null> =>
  db.package.findFirst({ where: { id, projectId: project.id } })

export const findPackageFile = (
  project: Project,
  { packageName: name, packageVersion: version, fileName }: PackageFileName,
): Promise<PackageFile | null> =>
  db.packageFile.findFirst({ where: { fileName, package: { projectId: project.id, name, version } } })

/** A file of a project whose code the viewer may read. */
export const findPackageFileById = (project: Project, id: number): Promise<PackageFile | null> =>
  db.packageFile.findFirst({ where: { id, package: { projectId: project.id } } })

const packages = table<Package>('packages', 'k', {
  fields: Prisma.PackageScalarFieldEnum,
  dates: { createdAt: true, updatedAt: true },
})

const files = table<PackageFile>('package_files', 'f', {
  fields: Prisma.PackageFileScalarFieldEnum,
  dates: { createdAt: true },
  reviveMore: (file) => {
    file.size = BigInt(file.size)
  },
})

const sortKeys = {
  created_at: Prisma.sql`k.created_at`,
  name: Prisma.sql`k.name`,
  version: Prisma.sql`k.version`,
  type: Prisma.sql`k.id`,
}

type Listing = {
  hidden: boolean
  /** A part of the name, in any letter case; absent or null: any name. */
  name?: string | null | undefined
  version?: string | null | undefined
  orderBy: keyof typeof sortKeys
  direction: 'asc' | 'desc'
}

/** A page by number of the packages of a project whose code the viewer may read. */
export function numberedPackages(context: Context, project: Project, listing: Listing, page: PageInput) {
  const { hidden, name, version, orderBy, direction } = listing
  const where = Prisma.sql`k.project_id = ${project.id} AND k.hidden = ${hidden}
    ${name == null ? Prisma.empty : Prisma.sql`AND strpos(lower(k.name), lower(${name})) > 0`}
    ${version == null ? Prisma.empty : Prisma.sql`AND k.version = ${version}`}`
  const order = { terms: [sortKeys[orderBy], Prisma.sql`k.id`], direction }
  return packages.numberedPage(context, 'numberedPageOfProject', { where, order }, page)
}

export function numberedPackageFiles(context: Context, { id }: Package, page: PageInput) {
  const order = { terms: [Prisma.sql`f.id`], direction: 'asc' } as const
  return files.numberedPage(context, 'numberedPageOfPackage', { where: Prisma.sql`f.package_id = ${id}`, order }, page)
}
