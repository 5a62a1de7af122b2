import type { Tx } from '../../database/db.ts'
import { addJobs, dequeue, enqueue } from '../../database/job-queue.ts'
import { Prisma, type Release } from '../../generated/prisma/client.ts'
import { isHistorical, isUpcoming } from '../releases/release-text.ts'

const keyOf = (releaseId: number | '') => `collect-evidence ${releaseId}`

/**
 * Names what evidence is collected for: at most one per release and occasion. In whole seconds, as clients see the date:
 * one that sends back what it has read moves nothing.
 */
export const occasionOf = ({ releasedAt }: Pick<Release, 'releasedAt'>) =>
  `released ${releasedAt.toISOString().replace(/\.\d+Z$/, 'Z')}`

/**
 * Evidence is collected when a release is published: at once, or at the date of an upcoming one. One that is dated before
 * its creation gets none by itself (design: evidence).
 */
async function scheduleEvidence(tx: Tx, release: Release, now: Date): Promise<void> {
  if (isHistorical(release)) return dequeue(tx, keyOf(release.id))
  const payload = { releaseId: release.id, occasion: occasionOf(release) }
  const runAt = isUpcoming(release, now) ? { runAt: release.releasedAt } : {}
  await enqueue(tx, 'collect-evidence', payload, { ...runAt, key: keyOf(release.id) })
}

/** What `addEvidenceJobs` must know of a release that is being made, as JSON; null when it gets no evidence. */
export function evidenceJobOf(release: Pick<Release, 'releasedAt' | 'createdAt'>) {
  if (isHistorical(release)) return null
  const runAt = isUpcoming(release, release.createdAt) ? release.releasedAt : null
  return { occasion: occasionOf(release), runAt }
}

/** The same as `scheduleEvidence` in the statement that makes releases; `source` has `id` and what `evidenceJobOf` tells as `job`. */
export const addEvidenceJobs = (source: Prisma.Sql): Prisma.Sql =>
  addJobs(
    'collect-evidence',
    Prisma.sql`
      SELECT json_build_object('releaseId', source.id, 'occasion', j.occasion) AS payload, j."runAt" AS run_at,
        ${keyOf('')} || source.id AS key
      FROM (${source}) AS source, json_to_record(source.job) AS j (occasion text, "runAt" timestamptz)`,
  )

/** After the release has got another date. The transaction must have locked it before it read `before`. */
export async function rescheduleEvidence(tx: Tx, before: Release, after: Release, now: Date): Promise<void> {
  if (occasionOf(before) === occasionOf(after)) return
  if (!isUpcoming(after, now)) await takeEvidenceAlong(tx, before, after)
  await scheduleEvidence(tx, after, now)
}

/** Who corrects the date of a published release does not publish it again: its evidence counts for the new date. */
async function takeEvidenceAlong(tx: Tx, before: Release, after: Release): Promise<void> {
  const occasion = occasionOf(after)
  const free = { evidences: { none: { occasion } } }
  await tx.evidence.updateMany({
    where: { releaseId: after.id, occasion: occasionOf(before), release: free },
    data: { occasion },
  })
}

export const unscheduleEvidence = (tx: Tx, releaseId: number): Promise<void> => dequeue(tx, keyOf(releaseId))
