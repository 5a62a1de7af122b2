import { db } from '../../database/db.ts'
import { Prisma } from '../../generated/prisma/client.ts'
import { bodyOf } from './event-body.ts'
import type { BodyParts } from './project-facts.ts'
import { listens, withOwners } from './queue-events.ts'
import { kept } from './webhook-loaders.ts'

/** `*` stands for any characters. An expression was tried when it was saved. */
const matchesBranch = Prisma.sql`(e.branch IS NULL OR w.branch_filter IS NULL OR CASE w.branch_filter_strategy
  WHEN 'regex' THEN e.branch ~ w.branch_filter
  WHEN 'wildcard' THEN e.branch LIKE replace(replace(replace(replace(w.branch_filter, '\\', '\\\\'), '%', '\\%'), '_', '\\_'), '*', '%')
  ELSE true END)`

/** Writes the body and the deliveries by one statement, unless somebody has done it meanwhile. A webhook that rests is told later. */
const writeDeliveries = (eventId: number, body: string) => db.$executeRaw`
  WITH /* webhooks.deliveries */ e AS (
    UPDATE webhook_events SET body = ${body} WHERE id = ${eventId}::int AND body IS NULL RETURNING *)
  INSERT INTO webhook_deliveries (webhook_id, event_id, next_attempt_at)
  SELECT w.id, e.id, greatest(now(), w.disabled_until)
  FROM e ${withOwners} JOIN webhooks w ON ${listens} AND ${matchesBranch} AND w.created_at <= e.created_at`

export type Owner = { projectId: number | null; groupId: number | null }

/**
 * Makes the deliveries of the events of a project or group, in the order of the events. Several jobs may do it at the same time: an
 * event's deliveries are written once, and only after those of the events before it.
 */
export async function queueDeliveries({ projectId, groupId }: Owner, parts: BodyParts): Promise<void> {
  while (!parts.signal.aborted) {
    const event = await db.webhookEvent.findFirst({
      where: { projectId, groupId, body: null },
      orderBy: { id: 'asc' },
      include: { project: { include: { group: true } }, group: true },
    })
    if (!event) return
    await writeDeliveries(event.id, JSON.stringify(await bodyOf(event, parts)))
  }
}

/** Events are forgotten a week after they happened, and their deliveries with them. */
export const forgetDeliveries = (): Promise<number> =>
  db.$executeRaw`DELETE /* webhooks.forget */ FROM webhook_events WHERE created_at < ${kept}`
