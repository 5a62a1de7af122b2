import { can } from '../../access/abilities.ts'
import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { MAX_INTEGER } from '../../foundation/limits.ts'
import type { Evidence } from '../../generated/prisma/client.ts'
import { findProject } from '../projects/find-project.ts'
import type { ReleaseNode } from '../releases/release-loaders.ts'

/** Evidence by what its URL names. Hidden equals missing, and so does evidence of another tag: null for all. */
export async function findEvidence(
  context: Context,
  { projectPath, tag, id }: { projectPath: string; tag: string; id: number },
): Promise<Evidence | null> {
  const project = await findProject(context, projectPath)
  if (!project || !can(context.viewer, 'evidence:read', project) || id > MAX_INTEGER) return null
  return db.evidence.findFirst({ where: { id, release: { projectId: project.id, tag } } })
}

/** The evidence of a release that was collected last. Null for a viewer who may not read evidence. */
export async function findNewestEvidence(context: Context, { id, project }: ReleaseNode): Promise<Evidence | null> {
  if (!can(context.viewer, 'evidence:read', project)) return null
  return db.evidence.findFirst({ where: { releaseId: id }, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] })
}
