// The mails of a release that are still to be sent. A row is deleted when its mail is sent, so a retry repeats no mail.
import type { Tx } from '../../database/db.ts'
import { db } from '../../database/db.ts'
import { addJobs } from '../../database/job-queue.ts'
import { Prisma, type Release } from '../../generated/prisma/client.ts'

/** One job sends so many mails, one after another. */
const BATCH = 200
/** The mails of one release go one after another, and so many releases may be mailed at the same time. */
const QUEUES = 5

const queueOf = (releaseId: number) => `mails ${releaseId % QUEUES}`

/**
 * The accounts that want a mail about the release. The project's setting counts unless it is `global`, then the setting of the
 * nearest group that says something else, then the account's. Who may act and read the release is decided where the mail is written.
 */
const wanting = (releaseId: number): Prisma.Sql => Prisma.sql`
  SELECT u.id FROM releases r JOIN projects p ON p.id = r.project_id JOIN users author ON author.id = r.author_id
  JOIN LATERAL (
    SELECT DISTINCT s.user_id FROM notification_settings s
    WHERE s.level IN ('watch', 'custom')
      AND (s.project_id = p.id OR s.group_id = ANY (p.ancestor_ids) OR (s.project_id IS NULL AND s.group_id IS NULL))
  ) AS asking ON true
  JOIN users u ON u.id = asking.user_id
  JOIN LATERAL (
    SELECT s.level, s.events FROM notification_settings s
    WHERE s.user_id = u.id AND s.level <> 'global'
      AND (s.project_id = p.id OR s.group_id = ANY (p.ancestor_ids) OR (s.project_id IS NULL AND s.group_id IS NULL))
    ORDER BY s.project_id NULLS LAST, array_position(p.ancestor_ids, s.group_id) DESC NULLS LAST LIMIT 1
  ) AS counting ON true
  LEFT JOIN notification_settings own ON own.user_id = u.id AND own.project_id IS NULL AND own.group_id IS NULL
  WHERE r.id = ${releaseId} AND author.state = 'active' AND u.email IS NOT NULL
    AND (counting.level = 'watch' OR (counting.level = 'custom' AND (counting.events ->> 'new_release')::bool))
    AND (u.id <> author.id OR coalesce(own.own_activity, false))`

/** Queues the mails of a release in the transaction that announces it. Nobody gets one when its author is gone or blocked. */
export async function queueMails(tx: Tx, { id }: Pick<Release, 'id'>): Promise<void> {
  const count = await tx.$executeRaw`
    INSERT /* mails.queue */ INTO release_mails (release_id, user_id, batch)
    SELECT ${id}, wanting.id, (row_number() OVER (ORDER BY wanting.id) - 1) / ${BATCH}::int FROM (${wanting(id)}) AS wanting
    ON CONFLICT DO NOTHING`
  if (count === 0) return
  const batches = Prisma.sql`
    SELECT json_build_object('releaseId', ${id}::int, 'batch', batch) AS payload, NULL::timestamptz AS run_at, NULL::text AS key
    FROM (SELECT DISTINCT batch FROM release_mails WHERE release_id = ${id} ORDER BY batch) AS batches`
  await tx.$executeRaw(addJobs('mail-release', batches, queueOf(id)))
}

export type Batch = { releaseId: number; batch: number }

/** The accounts of the batch that wait for their mail and still want it. */
export async function waitingFor({ releaseId, batch }: Batch): Promise<number[]> {
  const rows = await db.$queryRaw<{ id: number }[]>`
    SELECT /* mails.waiting */ user_id AS id FROM release_mails
    WHERE release_id = ${releaseId} AND batch = ${batch} AND refusal IS NULL AND user_id IN (${wanting(releaseId)}) ORDER BY user_id`
  return rows.map(({ id }) => id)
}

/** Forgets the waiting mails of the batch to everybody else: they no longer want one, or may no longer read the release. */
export async function forgetOthers({ releaseId, batch }: Batch, userIds: readonly number[]): Promise<void> {
  await db.$executeRaw`
    DELETE /* mails.forgetOthers */ FROM release_mails
    WHERE release_id = ${releaseId} AND batch = ${batch} AND refusal IS NULL AND user_id <> ALL (${userIds}::int[])`
}

export async function markSent(releaseId: number, userId: number): Promise<void> {
  await db.$executeRaw`DELETE /* mails.markSent */ FROM release_mails WHERE release_id = ${releaseId} AND user_id = ${userId}`
}

/** Keeps what the mail server said, for the operator. */
export async function markRefused(releaseId: number, userId: number, refusal: string): Promise<void> {
  await db.$executeRaw`
    UPDATE /* mails.markRefused */ release_mails SET refusal = left(${refusal}, 500) WHERE release_id = ${releaseId} AND user_id = ${userId}`
}

/** Counts at most 10,000 of each, so that a long queue costs little. */
export async function countMails(): Promise<{ waiting: number; refused: number }> {
  const [counts] = await db.$queryRaw<{ waiting: number; refused: number }[]>`
    SELECT /* mails.count */
      (SELECT count(*) FROM (SELECT FROM release_mails WHERE refusal IS NULL ORDER BY release_id, batch LIMIT 10000) AS counted)::int AS waiting,
      (SELECT count(*) FROM (SELECT FROM release_mails WHERE refusal IS NOT NULL ORDER BY release_id LIMIT 10000) AS counted)::int AS refused`
  return counts ?? { waiting: 0, refused: 0 }
}
