import type {
  DeliveryOfPageFragment,
  ShownDeliveryFragment,
  ShownWebhookFragment,
} from '../../../generated/documents.ts'
import type { Webhook } from '../../../generated/prisma/client.ts'
import type { DeliveryNode } from '../../../modules/webhooks/webhook-loaders.ts'
import { shownRows } from '../../kit/document.ts'

export const webhooksOfPage = shownRows<Webhook, ShownWebhookFragment, ShownWebhookFragment>(
  /* GraphQL */ `
    query WebhooksPage { given { rows: webhooks { ...ShownWebhook } } }
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
  `,
  (webhook) => webhook,
)

/** Without bodies, because the list does not show them. */
export const deliveriesOfPage = shownRows<DeliveryNode, DeliveryOfPageFragment, DeliveryOfPageFragment>(
  /* GraphQL */ `
    query DeliveriesPage { given { rows: webhookDeliveries { ...DeliveryOfPage } } }
    fragment DeliveryOfPage on WebhookDelivery {
      number trigger attempts nextAttemptAt responseStatus error durationMs attemptedAt
    }
  `,
  (delivery) => delivery,
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
