import { can } from '../../access/abilities.ts'
import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { notFoundOrForbidden } from '../../foundation/errors.ts'
import type { Project, ReportArtifact } from '../../generated/prisma/client.ts'

export type ArtifactName = { project: Project; sha: string; fileName: string }

/** The artifact, unless it has expired. Needs code access, because an artifact may contain anything from the repository. */
export async function findReportArtifact(
  { viewer }: Context,
  { project, sha, fileName }: ArtifactName,
): Promise<ReportArtifact | null> {
  if (!can(viewer, 'code:read', project)) throw notFoundOrForbidden()
  const where = { projectId_sha_fileName: { projectId: project.id, sha, fileName } }
  const artifact = await db.reportArtifact.findUnique({ where })
  const expired = artifact?.expiresAt && artifact.expiresAt < databaseNow()
  return expired ? null : artifact
}
