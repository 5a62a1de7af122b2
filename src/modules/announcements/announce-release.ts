import { randomUUID } from 'node:crypto'
import { db, type Tx } from '../../database/db.ts'
import type { Release } from '../../generated/prisma/client.ts'
import { queueMails } from '../notifications/mail-queue.ts'
import { lockRelease } from '../releases/lock-release.ts'
import { queueReleaseEvent } from '../webhooks/queue-events.ts'

export type Announcement = {
  releaseId: number
  /** Whether the date of an upcoming release has come, so that the release was told of before its date. */
  wasUpcoming: boolean
}

/**
 * Marks the release, so that it is announced once. False when it was announced before, or when it has a later date by now, at which
 * another job announces it. The database compares the date with its own clock, by which it has also started the job.
 */
async function mark(tx: Tx, releaseId: number): Promise<boolean> {
  const marked = await tx.$executeRaw`
    INSERT /* announcements.mark */ INTO release_announcements (release_id)
    SELECT id FROM releases WHERE id = ${releaseId} AND date_trunc('second', released_at) <= clock_timestamp()
    ON CONFLICT DO NOTHING`
  return marked > 0
}

/** Subscribers to new releases hear of it as of a release that was just created, through every process of the server. */
const tellSubscribers = (tx: Tx, releaseId: number) =>
  tx.$executeRaw`SELECT /* announcements.tellSubscribers */ releases_tell('created', ARRAY[${releaseId}::int])`

/**
 * Tells of a published release, once, in one transaction: whoever is to be told queues jobs here. Null when there is nothing to
 * announce.
 */
export const announceRelease = (
  { releaseId, wasUpcoming }: Announcement,
  { sendsMails }: { sendsMails: boolean },
): Promise<Release | null> =>
  db.$transaction(async (tx) => {
    const release = await lockRelease(tx, releaseId)
    if (!release || !(await mark(tx, releaseId))) return null
    if (wasUpcoming) {
      await tellSubscribers(tx, releaseId)
      await queueReleaseEvent(tx, { releaseId, action: 'publish', cause: randomUUID() })
    }
    if (sendsMails) await queueMails(tx, release)
    return release
  })
