// What our own doors ask of webhooks besides.
import { builder } from '../../graphql/builder.ts'
import type { NumberedPage } from '../../rows/numbered-page.ts'
import { WebhookDeliveryType } from './delivery-schema.ts'
import { type DeliveryNode, numberedDeliveries } from './webhook-loaders.ts'
import { WebhookType } from './webhook-schema.ts'

const WebhookDeliveryPage = builder.objectRef<NumberedPage<DeliveryNode>>('WebhookDeliveryPage').implement({
  internal: true,
  description: 'A page of deliveries by number.',
  access: 'public',
  fields: (t) => ({
    rows: t.field({
      type: [WebhookDeliveryType],
      internal: true,
      nullable: false,
      description: 'The deliveries, the newest first.',
      resolve: ({ rows }) => rows,
    }),
    number: t.exposeInt('number', { internal: true, nullable: false, description: 'Which page it is.' }),
    hasNext: t.exposeBoolean('hasNext', {
      internal: true,
      nullable: false,
      description: 'Whether there is another page.',
    }),
  }),
})

builder.prismaObjectField(WebhookType, 'numberedDeliveries', (t) =>
  t.field({
    type: WebhookDeliveryPage,
    internal: true,
    nullable: false,
    description: 'What was sent in the last 7 days.',
    args: { page: t.arg.int({ description: 'The number of the page, from 1.' }) },
    resolve: (webhook, { page }, context) => numberedDeliveries(context, webhook, null, { page }),
  }),
)
