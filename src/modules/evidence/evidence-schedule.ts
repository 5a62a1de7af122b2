import type { Tx } from '../../database/db.ts'
import { addJobs, dequeue, enqueue } from '../../database/job-queue.ts'
import { Prisma, type Release } from '../../generated/prisma/client.ts'
import { isHistorical, isUpcoming } from '../releases/release-text.ts'

const keyOf = (releaseId: number | '') => `collect-evidence ${releaseId}`

/**
 * Names the date that evidence is collected for. A release has evidence once for each occasion. The date is in whole seconds,
 * because clients see it so: a client that sends back the date that it has read changes nothing.
 */
export const occasionOf = ({ releasedAt }: Pick<Release, 'releasedAt'>) =>
  `released ${releasedAt.toISOString().replace(/\.\d+Z$/, 'Z')}`

/**
 * Evidence is collected when a release is published: at once, or at the date of an upcoming release. A release that is dated
 * before its creation gets no evidence by itself (docs/contract/evidence.md#when-it-is-collected).
 */
async function scheduleEvidence(tx: Tx, release: Release, now: Date): Promise<void> {
  if (isHistorical(release)) return dequeue(tx, keyOf(release.id))
  const payload = { releaseId: release.id, occasion: occasionOf(release) }
  const runAt = isUpcoming(release, now) ? { runAt: release.releasedAt } : {}
  await enqueue(tx, 'collect-evidence', payload, { ...runAt, key: keyOf(release.id) })
}

/** What `addEvidenceJobs` must know of a new release, as JSON. Null when the release gets no evidence. */
export function evidenceJobOf(release: Pick<Release, 'releasedAt' | 'createdAt'>) {
  if (isHistorical(release)) return null
  const runAt = isUpcoming(release, release.createdAt) ? release.releasedAt : null
  return { occasion: occasionOf(release), runAt }
}

/**
 * Does the same as `scheduleEvidence`, in the statement that inserts releases. `source` reads the `id` of each release, and as
 * `job` what `evidenceJobOf` returned for it.
 */
export const addEvidenceJobs = (source: Prisma.Sql): Prisma.Sql =>
  addJobs(
    'collect-evidence',
    Prisma.sql`
      SELECT json_build_object('releaseId', source.id, 'occasion', j.occasion) AS payload, j."runAt" AS run_at,
        ${keyOf('')} || source.id AS key
      FROM (${source}) AS source, json_to_record(source.job) AS j (occasion text, "runAt" timestamptz)`,
  )

/** To be called when a release has got another date. The transaction must have locked the release before it read `before`. */
export async function rescheduleEvidence(tx: Tx, before: Release, after: Release, now: Date): Promise<void> {
  if (occasionOf(before) === occasionOf(after)) return
  if (!isUpcoming(after, now)) await takeEvidenceAlong(tx, before, after)
  await scheduleEvidence(tx, after, now)
}

/** A corrected date does not publish a release again. So the evidence for the old date counts for the new date. */
async function takeEvidenceAlong(tx: Tx, before: Release, after: Release): Promise<void> {
  const occasion = occasionOf(after)
  const free = { evidences: { none: { occasion } } }
  await tx.evidence.updateMany({
    where: { releaseId: after.id, occasion: occasionOf(before), release: free },
    data: { occasion },
  })
}

export const unscheduleEvidence = (tx: Tx, releaseId: number): Promise<void> => dequeue(tx, keyOf(releaseId))
