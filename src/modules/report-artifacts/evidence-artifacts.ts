import type { Tx } from '../../db.ts'

export type ArtifactRow = { id: number; fileName: string; size: bigint; sha256: string }

/** What evidence of a commit refers to. Locked: an upload that would change one waits, and then finds the evidence. */
export function lockArtifactsOf(tx: Tx, commit: { projectId: number; sha: string }): Promise<ArtifactRow[]> {
  return tx.$queryRaw<ArtifactRow[]>`
    SELECT id, file_name AS "fileName", size, sha256 FROM report_artifacts
    WHERE project_id = ${commit.projectId} AND sha = ${commit.sha} AND (expires_at IS NULL OR expires_at > now())
    ORDER BY id FOR UPDATE`
}

/** From now on they do not expire. */
export async function keepForEvidence(tx: Tx, evidenceId: number, artifacts: readonly ArtifactRow[]): Promise<void> {
  if (artifacts.length === 0) return
  const ids = artifacts.map(({ id }) => id)
  await tx.evidenceReportArtifact.createMany({ data: ids.map((id) => ({ evidenceId, reportArtifactId: id })) })
  await tx.reportArtifact.updateMany({ where: { id: { in: ids } }, data: { expiresAt: null } })
}
