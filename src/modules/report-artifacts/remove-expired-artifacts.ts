import { db } from '../../database/db.ts'
import { discardFile } from '../stored-files/stored-file.ts'

/** An artifact that no evidence refers to is kept for so long after its last upload. */
export const LIFETIME_DAYS = 30

const MANY = 100

/**
 * Deletes some of the report artifacts that have expired, and returns how many. Those of evidence stay: a foreign key refuses the
 * deletion of one to which evidence refers in this moment.
 */
export const removeExpiredArtifacts = (): Promise<number> =>
  db.$transaction(async (tx) => {
    // An artifact without a date had evidence, which was deleted.
    const removed = await tx.$queryRaw<{ storageKey: string }[]>`
      DELETE /* reportArtifacts.removeExpired */ FROM report_artifacts WHERE id IN (
        SELECT a.id FROM report_artifacts a
        WHERE (a.expires_at < now() OR a.expires_at IS NULL AND a.created_at < now() - make_interval(days => ${LIFETIME_DAYS}::int))
          AND NOT EXISTS (SELECT FROM evidence_report_artifacts WHERE report_artifact_id = a.id)
        ORDER BY a.id LIMIT ${MANY} FOR UPDATE SKIP LOCKED)
      RETURNING storage_key AS "storageKey"`
    for (const { storageKey } of removed) await discardFile(tx, storageKey)
    return removed.length
  })
