import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import type { ReportArtifact } from '../../generated/prisma/client.ts'
import { getArtifactProject } from './artifact-access.ts'

export type ArtifactName = { project: string; sha: string; fileName: string }

/** The artifact, unless it has expired. Needs code access, because an artifact may contain anything from the repository. */
export async function findReportArtifact(
  context: Context,
  { project: idOrPath, sha, fileName }: ArtifactName,
): Promise<ReportArtifact | null> {
  const project = await getArtifactProject(context, 'code:read', idOrPath)
  const where = { projectId_sha_fileName: { projectId: project.id, sha, fileName } }
  const artifact = await db.reportArtifact.findUnique({ where })
  const expired = artifact?.expiresAt && artifact.expiresAt < databaseNow()
  return expired ? null : artifact
}
