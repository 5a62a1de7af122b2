import { Prisma } from '../../generated/prisma/client.ts'

/** `version`: PostgreSQL's number of the row's version; every upload gives it another one. */
export type ArtifactRow = { id: number; version: string; fileName: string; size: number; sha256: string }

/** What evidence of the release `r` refers to. */
export const artifactsOfRelease = Prisma.sql`
  SELECT a.id, a.xmin::text AS version, a.file_name AS "fileName", a.size, a.sha256
  FROM report_artifacts a
  WHERE a.project_id = r.project_id AND a.sha = r.sha AND (a.expires_at IS NULL OR a.expires_at > now())
  ORDER BY a.id`

/**
 * Those that are still as they were read: `release` has a `release_id` and the JSON of its `artifacts`. Locked: an upload that
 * would change one waits, and then finds the evidence.
 */
export const lockUnchanged = Prisma.sql`
  SELECT release.release_id, a.id
  FROM release CROSS JOIN json_to_recordset(release.artifacts) AS seen (id int, version text)
  JOIN report_artifacts a ON a.id = seen.id AND a.xmin = seen.version::xid
  ORDER BY a.id FOR UPDATE OF a`

/** From then on `artifacts` do not expire: the parts of a statement that inserts `evidence`. */
export const referToArtifacts = Prisma.sql`
  INSERT INTO evidence_report_artifacts (evidence_id, report_artifact_id)
  SELECT evidence.id, artifacts.id FROM evidence JOIN artifacts USING (release_id)`
export const keepArtifacts = Prisma.sql`
  UPDATE report_artifacts a SET expires_at = NULL
  FROM evidence JOIN artifacts USING (release_id) WHERE a.id = artifacts.id`
