import { can } from '../../access/abilities.ts'
import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import type { Evidence } from '../../generated/prisma/client.ts'
import { findProject } from '../projects/find-project.ts'
import type { ReleaseNode } from '../releases/release-loaders.ts'

/** The largest `integer` of PostgreSQL. */
const MAX_ID = 2 ** 31 - 1

/** The evidence that a URL names. Null when it is missing, hidden, or belongs to another tag, so that all three answer alike. */
export async function findEvidence(
  context: Context,
  { projectPath, tag, id }: { projectPath: string; tag: string; id: number },
): Promise<Evidence | null> {
  const project = await findProject(context, projectPath)
  if (!project || !can(context.viewer, 'evidence:read', project) || id > MAX_ID) return null
  return db.evidence.findFirst({ where: { id, release: { projectId: project.id, tag } } })
}

/** The evidence of a release that was collected last. Null for a viewer who may not read evidence. */
export async function findNewestEvidence(context: Context, { id, project }: ReleaseNode): Promise<Evidence | null> {
  if (!can(context.viewer, 'evidence:read', project)) return null
  return db.evidence.findFirst({ where: { releaseId: id }, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] })
}
