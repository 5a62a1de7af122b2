import type { Tx } from '../../db.ts'
import type { Release } from '../../generated/prisma/client.ts'
import { dequeue, enqueue } from '../../jobs/queue.ts'
import { isHistorical, isUpcoming } from '../releases/release-text.ts'

const keyOf = (releaseId: number) => `collect-evidence ${releaseId}`

/** Names what evidence is collected for: at most one per release and occasion. */
export const occasionOf = (release: Pick<Release, 'releasedAt'>) => `released ${release.releasedAt.toISOString()}`

/**
 * Evidence is collected when a release is published: at once, or at the date of an upcoming one. One that is dated before
 * its creation gets none by itself (design: evidence).
 */
export async function scheduleEvidence(tx: Tx, release: Release, now: Date): Promise<void> {
  if (isHistorical(release)) return dequeue(tx, keyOf(release.id))
  const payload = { releaseId: release.id, occasion: occasionOf(release) }
  const runAt = isUpcoming(release, now) ? release.releasedAt : now
  await enqueue(tx, 'collect-evidence', payload, { runAt, key: keyOf(release.id) })
}

export const unscheduleEvidence = (tx: Tx, releaseId: number): Promise<void> => dequeue(tx, keyOf(releaseId))
