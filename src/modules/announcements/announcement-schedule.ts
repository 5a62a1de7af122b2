import type { Tx } from '../../database/db.ts'
import { addJobs, dequeue, enqueue } from '../../database/job-queue.ts'
import { Prisma, type Release } from '../../generated/prisma/client.ts'
import { isUpcoming } from '../releases/release-text.ts'

type Dates = Pick<Release, 'releasedAt' | 'createdAt'>

const keyOf = (releaseId: number | '') => `announce-release ${releaseId}`

/** Whether the release was upcoming when it was created. Subscribers heard of it then, and hear of it again at its date. */
const cameAsUpcoming = ({ releasedAt, createdAt }: Dates) => isUpcoming({ releasedAt }, createdAt)

/** What `addAnnouncements` must know of a new release, as JSON. A historical release is announced at once too. */
export const announcementOf = (release: Dates) => ({
  wasUpcoming: cameAsUpcoming(release),
  runAt: cameAsUpcoming(release) ? release.releasedAt : null,
})

/**
 * The parts of the statement that inserts releases by which each is announced later. `source` reads the `id` of each, and as
 * `announcement` what `announcementOf` returned for it, or null for a release that is never announced: it counts as announced.
 */
export const addAnnouncements = (source: Prisma.Sql): Prisma.Sql => Prisma.sql`
  unannounced AS (
    INSERT INTO release_announcements (release_id)
    SELECT id FROM (${source}) AS source WHERE coalesce(json_typeof(announcement), 'null') = 'null'),
  announcements AS MATERIALIZED (${addJobs(
    'announce-release',
    Prisma.sql`
      SELECT json_build_object('releaseId', source.id, 'wasUpcoming', a."wasUpcoming") AS payload, a."runAt" AS run_at,
        ${keyOf('')} || source.id AS key
      FROM (${source}) AS source, json_to_record(source.announcement) AS a ("wasUpcoming" bool, "runAt" timestamptz)
      WHERE json_typeof(source.announcement) = 'object'`,
  )})`

/** To be called when a release may have got another date. The transaction must have locked the release before it read `before`. */
export async function rescheduleAnnouncement(tx: Tx, before: Release, after: Release, now: Date): Promise<void> {
  if (before.releasedAt.getTime() === after.releasedAt.getTime()) return
  const releaseId = after.id
  if ((await tx.releaseAnnouncement.count({ where: { releaseId } })) > 0) return
  const wasUpcoming = cameAsUpcoming(before) || cameAsUpcoming(after)
  const runAt = isUpcoming(after, now) ? { runAt: after.releasedAt } : {}
  await enqueue(tx, 'announce-release', { releaseId, wasUpcoming }, { ...runAt, key: keyOf(releaseId) })
}

export const unscheduleAnnouncement = (tx: Tx, releaseId: number): Promise<void> => dequeue(tx, keyOf(releaseId))
