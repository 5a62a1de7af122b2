import { db } from '../../database/db.ts'
import { jsonParameter } from '../../database/json-parameter.ts'
import type { Due } from './attempt.ts'
import type { Trigger } from './webhook-events.ts'

/** A process that is killed leaves its deliveries to others after this time. An attempt takes less. */
const CLAIM_SECONDS = 20

/** How many deliveries are looked at. Those that find no place do not count. */
const CANDIDATES = 1_000

/** `cause` is the span that caused the event. */
export type Claimed = Due & { cause: string | undefined }

export type Places = {
  free: number
  /** Of the free places, those that webhooks may take whose last attempt failed, or that were never asked. */
  freeForUnproven: number
  /** The most for one host. */
  ofHost: number
  /** How many each host has. */
  busy: Readonly<Record<string, number>>
}

/**
 * Takes deliveries that are due, the longest due first, and hides them from other processes. First attempts of a webhook come in the
 * order of the events: a later one waits for the earlier one, and a repetition waits for nothing.
 */
export async function claimDeliveries({ free, freeForUnproven, ofHost, busy }: Places): Promise<Claimed[]> {
  const full = Object.keys(busy).filter((host) => (busy[host] ?? 0) >= ofHost)
  const claimed = await db.$queryRaw<{ id: number }[]>`
    WITH /* webhooks.claim */ due AS (
      SELECT d.id, d.next_attempt_at, w.host, w.proven
      FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id
      WHERE d.next_attempt_at <= now() AND (d.claimed_until IS NULL OR d.claimed_until < now())
        AND w.host <> ALL (${full}::text[]) AND (w.proven OR ${freeForUnproven}::int > 0)
        AND (d.attempts > 0 OR NOT EXISTS (
          SELECT FROM webhook_deliveries first WHERE first.webhook_id = d.webhook_id AND first.event_id < d.event_id
            AND first.attempts = 0 AND first.next_attempt_at IS NOT NULL))
      ORDER BY d.next_attempt_at, d.id LIMIT ${CANDIDATES}),
    placed AS (
      SELECT id, next_attempt_at, proven, row_number() OVER (PARTITION BY proven ORDER BY next_attempt_at, id) AS place
      FROM (SELECT due.*, row_number() OVER (PARTITION BY host ORDER BY next_attempt_at, id) AS of_host FROM due) AS of_hosts
      WHERE of_host + coalesce((${jsonParameter(busy)}::json ->> host)::int, 0) <= ${ofHost}::int),
    chosen AS (
      SELECT id FROM placed WHERE proven OR place <= ${freeForUnproven}::int ORDER BY next_attempt_at, id LIMIT ${free}::int),
    locked AS (
      SELECT d.id FROM webhook_deliveries d WHERE d.id IN (SELECT id FROM chosen)
        AND d.next_attempt_at <= now() AND (d.claimed_until IS NULL OR d.claimed_until < now()) FOR UPDATE SKIP LOCKED)
    UPDATE webhook_deliveries SET claimed_until = now() + make_interval(secs => ${CLAIM_SECONDS})
    WHERE id IN (SELECT id FROM locked) RETURNING id`
  if (claimed.length === 0) return []
  const where = { id: { in: claimed.map(({ id }) => id) } }
  const rows = await db.webhookDelivery.findMany({ where, include: { webhook: true, event: true } })
  return rows.map(({ webhook, event, ...delivery }) => {
    const told = { key: delivery.key, trigger: event.trigger as Trigger, cause: event.cause, body: event.body ?? '' }
    return { delivery, webhook, told, cause: event.span ?? undefined }
  })
}

/** Gives deliveries back that were not sent, because the process stops. */
export const unclaim = (ids: readonly number[]) =>
  db.webhookDelivery.updateMany({ where: { id: { in: [...ids] } }, data: { claimedUntil: null } })

/** How many deliveries wait: due now, or for a later attempt. Counts at most 10,000, so that a long queue costs little. */
export async function countDeliveries(): Promise<Record<'due' | 'later', number>> {
  const [counts] = await db.$queryRaw<Record<'due' | 'later', number>[]>`
    SELECT /* webhooks.count */ (count(*) FILTER (WHERE next_attempt_at <= now()))::int AS due,
      (count(*) FILTER (WHERE next_attempt_at > now()))::int AS later
    FROM (
      SELECT next_attempt_at FROM webhook_deliveries WHERE next_attempt_at IS NOT NULL ORDER BY next_attempt_at LIMIT 10000
    ) AS first`
  return counts ?? { due: 0, later: 0 }
}
