import { db } from '../../database/db.ts'
import type { Package, PackageFile, Project } from '../../generated/prisma/client.ts'
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
