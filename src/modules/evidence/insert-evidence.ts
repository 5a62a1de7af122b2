import { columnsOf } from '../../connections/columns.ts'
import { reviver } from '../../connections/json-rows.ts'
import type { Tx } from '../../db.ts'
import { type Evidence, Prisma } from '../../generated/prisma/client.ts'
import { lockedTree } from '../releases/lock-release.ts'
import {
  type ArtifactRow,
  keepArtifacts,
  lockUnchanged,
  referToArtifacts,
} from '../report-artifacts/evidence-artifacts.ts'

export type NewEvidence = {
  release: { id: number; version: string }
  artifacts: readonly ArtifactRow[]
  /** The snapshot as JSON. */
  summary: string
  sha: string
  signature: string
  occasion: string | null
}

const columns = columnsOf('evidence', Prisma.EvidenceScalarFieldEnum)
const revive = reviver<Evidence>({ createdAt: true })

const insert = ({ artifacts, summary, sha, signature, occasion }: NewEvidence) => Prisma.sql`
  INSERT INTO evidences (release_id, summary, sha, signature, occasion, created_at)
  SELECT release.id, ${summary}::jsonb, ${sha}, ${signature}, ${occasion}::text, ${new Date()}::timestamptz
  FROM release WHERE (SELECT count(*) FROM artifacts) = ${artifacts.length}
  ON CONFLICT DO NOTHING RETURNING *`

/**
 * Inserts evidence where the release and its report artifacts are still what the snapshot was taken of, and locks them until the
 * transaction ends; null where they are not. Who changes one while this waits for it gives the row another version, and
 * PostgreSQL then compares that one: so nothing is locked while the snapshot is read and signed.
 */
export async function insertEvidence(tx: Tx, evidence: NewEvidence): Promise<{ evidence: Evidence | null } | null> {
  const { release, artifacts } = evidence
  const [answer] = await tx.$queryRaw<{ unchanged: boolean; row: string | null }[]>`
    WITH release AS MATERIALIZED (
        SELECT r.id FROM releases r WHERE r.id = ${lockedTree(release.id)} AND r.xmin = ${release.version}::xid
        FOR NO KEY UPDATE),
      artifacts AS MATERIALIZED (${lockUnchanged(artifacts)}),
      evidence AS (${insert(evidence)}),
      referred AS (${referToArtifacts}),
      kept AS (${keepArtifacts})
    SELECT EXISTS (SELECT FROM release) AND (SELECT count(*) FROM artifacts) = ${artifacts.length} AS unchanged,
      (SELECT row_to_json(row)::text FROM (SELECT ${columns} FROM evidence) AS row) AS row`
  if (!answer?.unchanged) return null
  return { evidence: answer.row === null ? null : revive(JSON.parse(answer.row) as Evidence) }
}
