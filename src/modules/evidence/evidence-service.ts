import type { Tx } from '../../db.ts'
import type { Evidence } from '../../generated/prisma/client.ts'
import { artifactUrl } from '../report-artifacts/artifact-url.ts'
import { type ArtifactRow, keepForEvidence, lockArtifactsOf } from '../report-artifacts/evidence-artifacts.ts'
import { signDetached } from '../signing/detached-jws.ts'
import { currentSigningKey } from '../signing/signing-keys.ts'
import { canonicalJson, digestOf, EVIDENCE_TYPE, snapshotOf } from './evidence-snapshot.ts'
import { readSnapshotRow } from './snapshot-rows.ts'

type EvidenceOptions = {
  /** The date that it is collected for (occasionOf): at most once each. Null: by hand, as often as anyone likes. */
  occasion: string | null
  /** In front of the URLs of report artifacts, which the snapshot keeps. */
  baseUrl: string
}

/**
 * Takes and signs a snapshot of the release, in a transaction of the caller's. Null when the release is gone; the
 * evidence of before when the occasion has had its own.
 */
export async function collectEvidence(
  tx: Tx,
  releaseId: number,
  { occasion, baseUrl }: EvidenceOptions,
): Promise<Evidence | null> {
  const release = await readSnapshotRow(tx, releaseId)
  if (!release) return null
  const { projectId, sha } = release
  const artifacts = sha === null ? [] : await lockArtifactsOf(tx, { projectId, sha })
  const urlOf = ({ fileName }: ArtifactRow) => artifactUrl({ baseUrl }, { projectId, sha: sha ?? '', fileName })
  const summary = snapshotOf({ ...release, reportArtifacts: artifacts.map((row) => ({ ...row, url: urlOf(row) })) })
  const key = await currentSigningKey(tx)
  const signature = await signDetached(key, { type: EVIDENCE_TYPE, payload: canonicalJson(summary) })
  const [evidence] = await tx.evidence.createManyAndReturn({
    data: { releaseId, summary, sha: digestOf(summary), signature, occasion },
    skipDuplicates: true,
  })
  if (!evidence) return tx.evidence.findFirst({ where: { releaseId, occasion } })
  await keepForEvidence(tx, evidence.id, artifacts)
  return evidence
}
