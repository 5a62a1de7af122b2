// Tests and redeliveries, which a person asks for and waits for.
import { recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { notFoundOrForbidden, RuleViolation, TryLater } from '../../foundation/errors.ts'
import type { Prisma, Webhook } from '../../generated/prisma/client.ts'
import { idOf } from '../projects/namespace.ts'
import { type Due, isSuccess, type Outcome, record, send } from './attempt.ts'
import { bodyOf } from './event-body.ts'
import { getWebhookToChange, type OwnedWebhook } from './find-webhook.ts'
import { sampleEvent } from './sample-event.ts'
import { type EventName, isTrigger, type Trigger } from './webhook-events.ts'
import { typedHost } from './webhook-url.ts'

const MOST_A_MINUTE = 5

type Kind = 'webhook_tested' | 'webhook_resent'

/** Tests are counted for each account and project or group, redeliveries for each account and webhook: by their audit events. */
async function assertNotTooOften(context: Context, kind: Kind, webhook: OwnedWebhook): Promise<void> {
  const owner = idOf(webhook.namespace)
  const authorId = context.viewer.user?.id ?? null
  const of = kind === 'webhook_tested' ? owner : { ...owner, targetId: webhook.id }
  await db.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT /* webhooks.lockTries */ pg_advisory_xact_lock(hashtextextended(${`webhook tries ${authorId}`}, 0))`
    const since = new Date(Date.now() - 60_000)
    const tries = await tx.auditEvent.count({ where: { ...of, eventType: kind, authorId, createdAt: { gt: since } } })
    if (tries >= MOST_A_MINUTE) {
      throw new TryLater('RATE_LIMITED', 'This endpoint has been requested too many times. Try again later.', 60)
    }
    await recordAuditEvent(tx, context, {
      type: kind,
      scope: owner,
      target: { type: 'Webhook', id: webhook.id, details: webhook.name ?? typedHost(webhook) },
      message: `${kind === 'webhook_tested' ? 'Tested' : 'Repeated a delivery of'} the webhook to ${typedHost(webhook)}`,
    })
  })
}

/** A request that waits longer than this is closed, so the attempt ends by itself before. */
const never = () => new AbortController().signal

async function attempt({ baseUrl, mayReach }: Context, due: Due): Promise<Outcome> {
  const outcome = await send(due, { baseUrl, mayReach, signal: never() })
  await record(due, outcome)
  return outcome
}

const partsOf = ({ baseUrl, repositories }: Context) => ({
  baseUrl,
  directory: repositories.directory,
  signal: never(),
})

/** It is sent as often as a delivery ever is, so a failure is not repeated, and does not count. */
const LAST_ATTEMPT = 1_000

/** Sends a sample of the event at once, also to a webhook that is disabled. Throws when the receiver does not take it. */
export async function testWebhook(
  context: Context,
  { id, event }: { id: number; event: EventName },
): Promise<{ webhook: Webhook; responseStatus: number }> {
  const { namespace, ...webhook } = await getWebhookToChange(context, id)
  if (!isTrigger(event)) throw new RuleViolation('UNPROCESSABLE', `There is nothing to test ${event} with.`)
  await assertNotTooOften(context, 'webhook_tested', { ...webhook, namespace })
  const sample = await sampleEvent(context, namespace, event)
  const body = JSON.stringify(await bodyOf(sample, partsOf(context)))
  const cause = context.requestId
  const made = await db.webhookEvent.create({
    data: { ...idOf(namespace), trigger: event, source: {}, cause, body, deliveries: { create: { webhookId: id } } },
    include: { deliveries: true },
  })
  const [delivery] = made.deliveries
  if (!delivery) throw notFoundOrForbidden()
  const told = { key: delivery.key, trigger: event, cause, body }
  const outcome = await attempt(context, { delivery: { id: delivery.id, attempts: LAST_ATTEMPT }, webhook, told })
  if (!isSuccess(outcome)) {
    throw new RuleViolation('UNPROCESSABLE', outcome.answer?.body || outcome.error || 'The receiver refused the test')
  }
  return { webhook, responseStatus: outcome.answer?.status ?? 0 }
}

type Found = Prisma.WebhookDeliveryGetPayload<{ include: { event: true } }>

async function getDelivery(context: Context, id: number): Promise<{ delivery: Found; webhook: OwnedWebhook }> {
  const delivery = await db.webhookDelivery.findUnique({ where: { id }, include: { event: true } })
  if (!delivery) throw notFoundOrForbidden()
  return { delivery, webhook: await getWebhookToChange(context, delivery.webhookId) }
}

/** Sends a delivery once more, with the same body and the same key. */
export async function resendDelivery(
  context: Context,
  { id }: { id: number },
): Promise<{ webhook: Webhook; responseStatus: number | null }> {
  const { delivery, webhook } = await getDelivery(context, id)
  const { event, ...row } = delivery
  if (row.url !== webhook.url || event.body === null) {
    throw new RuleViolation('UNPROCESSABLE', 'The hook URL has changed. Unable to resend the request.')
  }
  await assertNotTooOften(context, 'webhook_resent', webhook)
  const told = { key: row.key, trigger: event.trigger as Trigger, cause: event.cause, body: event.body }
  const { answer } = await attempt(context, { delivery: row, webhook, told })
  return { webhook, responseStatus: answer?.status ?? null }
}
