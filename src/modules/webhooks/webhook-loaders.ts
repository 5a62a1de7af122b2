import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { Prisma, type Webhook, type WebhookDelivery, type WebhookEvent } from '../../generated/prisma/client.ts'
import { byCreation, byId } from '../../rows/keyset.ts'
import { listOf } from '../../rows/list.ts'
import type { NumberedPage, PageInput } from '../../rows/numbered-page.ts'
import { table } from '../../rows/table.ts'
import { idOf, type Namespace } from '../projects/namespace.ts'
import type { EventName } from './webhook-events.ts'

/** A delivery, and the name of the event that it tells of. */
export type DeliveryNode = WebhookDelivery & { trigger: EventName }

const webhooks = table<Webhook>('webhooks', 'w', {
  fields: Prisma.WebhookScalarFieldEnum,
  dates: { disabledUntil: true, disabledAt: true, createdAt: true, updatedAt: true },
})

const deliveries = table<DeliveryNode>('webhook_deliveries', 'd', {
  fields: Prisma.WebhookDeliveryScalarFieldEnum,
  dates: { nextAttemptAt: true, claimedUntil: true, attemptedAt: true, createdAt: true },
  long: { requestBody: 1_000 },
  from: Prisma.sql`webhook_deliveries d JOIN webhook_events e ON e.id = d.event_id`,
  more: Prisma.sql`e.trigger`,
})

const events = table<WebhookEvent>('webhook_events', 'e', {
  fields: Prisma.WebhookEventScalarFieldEnum,
  dates: { createdAt: true },
})

const oldestFirst = byId<Webhook>('WEBHOOKS', 'asc', Prisma.sql`w.id`)
const newestFirst = byCreation<DeliveryNode>('WEBHOOK_DELIVERIES', 'desc', 'd')

const webhooksBy = (column: 'w.project_id' | 'w.group_id') =>
  listOf({ children: webhooks.childrenOf({ column }), select: () => ({ order: oldestFirst }) }).connection.resolve

export const webhooksOfProject = webhooksBy('w.project_id')
export const webhooksOfGroup = webhooksBy('w.group_id')

export const deliveriesOfWebhook = listOf({
  children: deliveries.childrenOf({ column: 'd.webhook_id' }),
  select: () => ({ order: newestFirst }),
}).connection.resolve

export const templateBody = deliveries.text('requestBody')
export const eventBody = events.text('body')

/** A page of the webhooks by number, the oldest first. */
export function numberedWebhooks(
  context: Context,
  namespace: Namespace,
  page: PageInput,
): Promise<NumberedPage<Webhook>> {
  const owner = idOf(namespace)
  const where =
    'projectId' in owner ? Prisma.sql`w.project_id = ${owner.projectId}` : Prisma.sql`w.group_id = ${owner.groupId}`
  return webhooks.numberedPage(context, 'numberedPage', { where, order: oldestFirst }, page)
}

/** A range of statuses of answers. */
export type StatusRange = readonly [number, number]

const DAYS_KEPT = 7

/** Deliveries are shown for a week. */
export const kept = Prisma.sql`now() - make_interval(days => ${DAYS_KEPT}::int)`

/** A page of the deliveries that were attempted, the newest first. */
export function numberedDeliveries(
  context: Context,
  { id }: Webhook,
  status: StatusRange | null,
  page: PageInput,
): Promise<NumberedPage<DeliveryNode>> {
  const within = status ? Prisma.sql`AND d.response_status BETWEEN ${status[0]} AND ${status[1]}` : Prisma.empty
  const where = Prisma.sql`d.webhook_id = ${id} AND d.attempted_at IS NOT NULL AND d.created_at > ${kept} ${within}`
  return deliveries.numberedPage(context, 'numberedPageOfWebhook', { where, order: newestFirst }, page)
}

/** The webhook with this number in this project or group itself. Null when there is none. */
export const findWebhook = (namespace: Namespace, id: number): Promise<Webhook | null> =>
  db.webhook.findFirst({ where: { id, ...idOf(namespace) } })

/** The delivery of this webhook with this number. Null when there is none. */
export async function findDelivery({ id: webhookId }: Webhook, id: number): Promise<DeliveryNode | null> {
  const found = await db.webhookDelivery.findFirst({ where: { id, webhookId }, include: { event: true } })
  if (!found) return null
  const { event, ...delivery } = found
  return { ...delivery, trigger: event.trigger as EventName }
}
