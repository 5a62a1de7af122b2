import type { Context } from '../../context.ts'
import { db } from '../../db.ts'
import type { Package, PackageFile, Project } from '../../generated/prisma/client.ts'
import { can } from '../access/abilities.ts'
import { findProject } from '../projects/find-project.ts'
import type { PackageFileName } from './package-names.ts'

/** Of a project whose code the viewer may read. */
export const findPackage = (project: Project, id: number): Promise<Package | null> =>
  db.package.findFirst({ where: { id, projectId: project.id } })

export const findPackageFile = (
  project: Project,
  { packageName: name, packageVersion: version, fileName }: PackageFileName,
): Promise<PackageFile | null> =>
  db.packageFile.findFirst({ where: { fileName, package: { projectId: project.id, name, version } } })

/** Hidden equals missing: null for both. */
export async function findPackageFileById(
  context: Context,
  projectPath: string,
  id: number,
): Promise<PackageFile | null> {
  const project = await findProject(context, projectPath)
  if (!project || !can(context.viewer, 'code:read', project)) return null
  return db.packageFile.findFirst({ where: { id, package: { projectId: project.id } } })
}
