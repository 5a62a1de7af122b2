import type {
  ShownDeliveryFragment,
  ShownWebhookFragment,
  WebhookPageQuery,
  WebhookPageQueryVariables,
} from '../../../generated/documents.ts'
import type { Webhook } from '../../../generated/prisma/client.ts'
import type { DeliveryNode } from '../../../modules/webhooks/webhook-loaders.ts'
import { document, shownRows } from '../../kit/document.ts'

const shownWebhook = /* GraphQL */ `
    fragment ShownWebhook on Webhook {
      number
      url
      name
      description
      events
      enableSslVerification
      alertStatus
      disabledUntil
      branchFilter
      branchFilterStrategy
      template
      customHeaders
      urlVariables
      tokenPresent
      signingTokenPresent
      createdAt
    }
`

export const webhooksOfPage = shownRows<Webhook, ShownWebhookFragment, ShownWebhookFragment>(
  /* GraphQL */ `
    query WebhooksPage { given { rows: webhooks { ...ShownWebhook } } }
    ${shownWebhook}
  `,
  (webhook) => webhook,
)

/** One webhook, given, with a page of its deliveries, whose bodies the page does not show. */
export const webhookPage = document<WebhookPageQuery, WebhookPageQueryVariables>(
  'given',
  /* GraphQL */ `
    query WebhookPage($page: Int) {
      given {
        webhooks {
          ...ShownWebhook
          sent: numberedDeliveries(page: $page) { rows { ...DeliveryOfPage } number hasNext }
        }
      }
    }
    ${shownWebhook}
    fragment DeliveryOfPage on WebhookDelivery {
      number trigger attempts nextAttemptAt responseStatus error durationMs attemptedAt
    }
  `,
)

export const deliveryOfPage = shownRows<DeliveryNode, ShownDeliveryFragment, ShownDeliveryFragment>(
  /* GraphQL */ `
    query DeliveryPage { given { rows: webhookDeliveries { ...ShownDelivery } } }
    fragment ShownDelivery on WebhookDelivery {
      number trigger key attempts nextAttemptAt url requestHeaders requestBody
      responseStatus responseHeaders responseBody error durationMs attemptedAt createdAt
    }
  `,
  (delivery) => delivery,
)
