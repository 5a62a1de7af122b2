import type { Tx } from '../../database/db.ts'
import { jsonParameter } from '../../database/json-parameter.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { type Evidence, Prisma } from '../../generated/prisma/client.ts'
import { columnsOf } from '../../rows/columns.ts'
import { reviver } from '../../rows/json-rows.ts'
import { lockedTree } from '../releases/lock-release.ts'
import {
  type ArtifactRow,
  keepArtifacts,
  lockUnchanged,
  referToArtifacts,
} from '../report-artifacts/evidence-artifacts.ts'

export type NewEvidence = {
  release: { id: number; projectId: number; version: string }
  artifacts: readonly ArtifactRow[]
  /** The snapshot as JSON. */
  summary: string
  sha: string
  signature: string
  occasion: string | null
}

/**
 * Null when the release or its artifacts are no longer what was read, or are locked. `evidence` is null when the release has
 * evidence for the occasion already.
 */
export type Insertion = { evidence: Evidence | null } | null

const columns = columnsOf('evidence', Prisma.EvidenceScalarFieldEnum)
const revive = reviver<Evidence>({ createdAt: true })

const inputOf = ({ release, artifacts, ...evidence }: NewEvidence, at: number) => ({
  ...evidence,
  at,
  release_id: release.id,
  version: release.version,
  artifacts: artifacts.map(({ id, version }) => ({ id, version })),
})

const lockReleases = (others: Prisma.Sql) => Prisma.sql`
  SELECT input.* FROM input JOIN releases r ON r.id = input.release_id AND r.xmin = input.version::xid
  WHERE r.id = ANY (${lockedTree(Prisma.sql`ARRAY(SELECT release_id FROM input)`)})
  ORDER BY r.id FOR NO KEY UPDATE OF r ${others}`

const unchanged = Prisma.sql`
  SELECT * FROM release WHERE json_array_length(release.artifacts) =
    (SELECT count(*) FROM artifacts WHERE artifacts.release_id = release.release_id)`

const insert = (now: Date) => Prisma.sql`
  INSERT INTO evidences (release_id, summary, sha, signature, occasion, created_at)
  SELECT release_id, summary::jsonb, sha, signature, occasion, ${now}::timestamptz FROM unchanged
  ON CONFLICT DO NOTHING RETURNING *`

/**
 * Inserts evidence if the release and its report artifacts are still what the snapshot was taken of, and locks them until the
 * transaction ends. Every change gives a row another version, and a statement that waits for a lock compares the version that it
 * finds then. So nothing needs to be locked while the snapshot is read and signed. The given evidence must not contain a release
 * and an occasion twice.
 */
export async function insertEvidences(
  tx: Tx,
  evidences: readonly NewEvidence[],
  { waits = true }: { waits?: boolean } = {},
): Promise<Insertion[]> {
  const rows = await tx.$queryRaw<{ at: number; row: string | null }[]>`
    WITH /* evidence.insert */ input AS MATERIALIZED (
        SELECT * FROM json_to_recordset(${jsonParameter(evidences.map(inputOf))}) AS i (at int, release_id int, version text,
          artifacts json, summary text, sha text, signature text, occasion text)),
      release AS MATERIALIZED (${lockReleases(waits ? Prisma.empty : Prisma.sql`SKIP LOCKED`)}),
      artifacts AS MATERIALIZED (${lockUnchanged}),
      unchanged AS MATERIALIZED (${unchanged}),
      evidence AS (${insert(databaseNow())}),
      referred AS (${referToArtifacts}),
      kept AS (${keepArtifacts})
    SELECT unchanged.at, CASE WHEN evidence.id IS NOT NULL THEN
        (SELECT row_to_json(row)::text FROM (SELECT ${columns}) AS row) END AS row
    FROM unchanged LEFT JOIN evidence ON evidence.release_id = unchanged.release_id
      AND evidence.occasion IS NOT DISTINCT FROM unchanged.occasion`
  const found = new Map(rows.map(({ at, row }) => [at, row]))
  return evidences.map((_evidence, at) => {
    const row = found.get(at)
    if (row === undefined) return null
    return { evidence: row === null ? null : revive(JSON.parse(row) as Evidence) }
  })
}
