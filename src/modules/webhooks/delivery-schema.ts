import { placeOfField } from '../../context/field-place.ts'
import { toGlobalId } from '../../foundation/global-id.ts'
import { builder } from '../../graphql/builder.ts'
import { givenRows } from '../../graphql/given-schema.ts'
import { pageTypes } from '../../graphql/page-types.ts'
import { type DeliveryNode, eventBody, templateBody } from './webhook-loaders.ts'

export const WebhookDeliveryType = builder.objectRef<DeliveryNode>('WebhookDelivery').implement({
  description: 'What a webhook was told of one event: the latest attempt. Secrets are struck out. Not in GitLab.',
  // Only a webhook leads to its deliveries, and who gets there may read them.
  access: 'public',
  fields: (t) => ({
    id: t.id({ nullable: false, description: 'Global ID.', resolve: ({ id }) => toGlobalId('WebhookDelivery', id) }),
    number: t.exposeInt('id', { internal: true, nullable: false, description: 'The number in the global ID.' }),
    trigger: t.exposeString('trigger', { nullable: false, description: 'What it tells of: `releases_events`.' }),
    key: t.exposeString('key', { nullable: false, description: 'The `webhook-id` of every attempt.' }),
    attempts: t.exposeInt('attempts', { nullable: false, description: 'How often it was tried.' }),
    nextAttemptAt: t.expose('nextAttemptAt', {
      type: 'Time',
      description: 'When it is tried next. Null: it is not tried again.',
    }),
    url: t.exposeString('url', { description: 'Where it was sent, with the names of variables. Null: not yet.' }),
    requestHeaders: t.expose('requestHeaders', { type: 'JSON', description: 'The headers that were sent.' }),
    requestBody: t.string({
      description: 'The body that was sent.',
      resolve: async (delivery, _args, context, info) => {
        const place = () => placeOfField(info)
        return (
          (await templateBody(context, delivery, place)) ?? (await eventBody(context, { id: delivery.eventId }, place))
        )
      },
    }),
    responseStatus: t.exposeInt('responseStatus', { description: 'The status of the answer. Null: there was none.' }),
    responseHeaders: t.expose('responseHeaders', { type: 'JSON', description: 'The first headers of the answer.' }),
    responseBody: t.exposeString('responseBody', { description: 'The beginning of the answer.' }),
    error: t.exposeString('error', { description: 'Why there was no answer.' }),
    durationMs: t.exposeInt('durationMs', { description: 'How long it took, in milliseconds.' }),
    attemptedAt: t.expose('attemptedAt', { type: 'Time', description: 'When it was last tried.' }),
    createdAt: t.expose('createdAt', { type: 'Time', nullable: false, description: 'When the event was queued.' }),
  }),
})

givenRows('webhookDeliveries', WebhookDeliveryType)

export const deliveryPageTypes = {
  type: WebhookDeliveryType,
  pages: pageTypes({ type: WebhookDeliveryType, name: 'WebhookDelivery', one: 'A delivery', many: 'deliveries' }),
}
