import { Prisma } from '../../generated/prisma/client.ts'

/** `version` is PostgreSQL's number for the version of the row. Every upload gives the row another version. */
export type ArtifactRow = { id: number; version: string; fileName: string; size: number; sha256: string }

/** The report artifacts that evidence of the release `r` refers to. */
export const artifactsOfRelease = Prisma.sql`
  SELECT a.id, a.xmin::text AS version, a.file_name AS "fileName", a.size, a.sha256
  FROM report_artifacts a
  WHERE a.project_id = r.project_id AND a.sha = r.sha AND (a.expires_at IS NULL OR a.expires_at > now())
  ORDER BY a.id`

/**
 * Locks the report artifacts that are still as they were read. `release` has a `release_id` and the JSON of its `artifacts`. An
 * upload that would change a report artifact waits, and then finds the evidence.
 */
export const lockUnchanged = Prisma.sql`
  SELECT release.release_id, a.id
  FROM release CROSS JOIN json_to_recordset(release.artifacts) AS seen (id int, version text)
  JOIN report_artifacts a ON a.id = seen.id AND a.xmin = seen.version::xid
  ORDER BY a.id FOR UPDATE OF a`

/** Parts of a statement that inserts `evidence`. From then on `artifacts` do not expire. */
export const referToArtifacts = Prisma.sql`
  INSERT INTO evidence_report_artifacts (evidence_id, report_artifact_id)
  SELECT evidence.id, artifacts.id FROM evidence JOIN artifacts USING (release_id)`
export const keepArtifacts = Prisma.sql`
  UPDATE report_artifacts a SET expires_at = NULL
  FROM evidence JOIN artifacts USING (release_id) WHERE a.id = artifacts.id`
