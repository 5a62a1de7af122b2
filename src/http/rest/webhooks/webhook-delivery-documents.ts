import { z } from 'zod'
import type { WebhookDeliveryFragment } from '../../../generated/documents.ts'
import { hookNames, type Trigger } from '../../../modules/webhooks/webhook-events.ts'
import type { DeliveryNode } from '../../../modules/webhooks/webhook-loaders.ts'
import { shownRows } from '../../kit/document.ts'

export const WebhookDeliveryBody = z
  .object({
    id: z.int(),
    url: z.string(),
    trigger: z.string(),
    request_headers: z.record(z.string(), z.string()),
    request_data: z.unknown(),
    response_headers: z.record(z.string(), z.string()),
    response_body: z.string(),
    execution_duration: z.number(),
    response_status: z.string(),
  })
  .meta({
    id: 'WebhookDelivery',
    description: 'The latest attempt to tell a webhook of an event. Secrets are struck out.',
  })

type Body = z.output<typeof WebhookDeliveryBody>

export const shownDeliveries = shownRows<DeliveryNode, WebhookDeliveryFragment, Body>(
  /* GraphQL */ `
    query WebhookDeliveries { given { rows: webhookDeliveries { ...WebhookDelivery } } }
    fragment WebhookDelivery on WebhookDelivery {
      id: number
      url
      trigger
      request_headers: requestHeaders
      request_data: requestBody
      response_headers: responseHeaders
      response_body: responseBody
      duration: durationMs
      response_status: responseStatus
      error
    }
  `,
  (shown) => ({
    id: shown.id,
    url: shown.url ?? '',
    trigger: hookNames[shown.trigger as Trigger],
    request_headers: (shown.request_headers ?? {}) as Body['request_headers'],
    request_data: JSON.parse(shown.request_data ?? '{}') as Body['request_data'],
    response_headers: (shown.response_headers ?? {}) as Body['response_headers'],
    response_body: shown.response_body ?? shown.error ?? '',
    execution_duration: (shown.duration ?? 0) / 1000,
    response_status: shown.response_status === null ? 'internal error' : String(shown.response_status),
  }),
)
