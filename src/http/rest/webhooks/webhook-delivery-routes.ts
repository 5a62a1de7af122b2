// What webhooks were told: the log, tests and redeliveries.
import { z } from 'zod'
import { resendDelivery, testWebhook } from '../../../modules/webhooks/try-webhook.ts'
import { eventNames } from '../../../modules/webhooks/webhook-events.ts'
import { findDelivery, numberedDeliveries, type StatusRange } from '../../../modules/webhooks/webhook-loaders.ts'
import { type Endpoint, endpointsOf } from '../kit/endpoint.ts'
import { integer, optional } from '../kit/fields.ts'
import { answerPage, pageFields } from '../kit/pagination.ts'
import { orNotFound } from '../kit/rest-errors.ts'
import { shownDeliveries, WebhookDeliveryBody } from './webhook-delivery-documents.ts'
import { getWebhook, type Owner, webhookKey, webhooksOf } from './webhook-input.ts'

const rest = endpointsOf('Webhooks')

const ranges = { successful: [200, 299], client_failure: [400, 499], server_failure: [500, 599] } as const

const status = z.union([z.enum(['successful', 'client_failure', 'server_failure']), integer(100, 599)])

const rangeOf = (given: z.output<typeof status> | null | undefined): StatusRange | null => {
  if (given == null) return null
  return typeof given === 'number' ? [given, given] : ranges[given]
}

function endpointsFor(owner: Owner): Endpoint[] {
  const ability = owner === 'project' ? 'webhook:write' : 'group/webhook:write'
  const common = { ability, find: webhooksOf[owner] } as const
  const hook = `/${owner}s/:id/hooks/:hook_id`
  const list = rest.get(`${hook}/events`, {
    ...common,
    summary: `What a webhook of a ${owner} was told in the last 7 days, the newest first`,
    input: z.object({
      ...webhookKey,
      status: optional(status).describe('A status, or `successful`, `client_failure` or `server_failure`.'),
      ...pageFields,
    }),
    answers: { 200: z.array(WebhookDeliveryBody) },
    handle: async (call) => {
      const webhook = await getWebhook(call.found, call.input.hook_id)
      const page = await numberedDeliveries(call.context, webhook, rangeOf(call.input.status), call.input)
      return answerPage(call, await shownDeliveries.page(call.context, page))
    },
  })
  const resend = rest.post(`${hook}/events/:hook_event_id/resend`, {
    ...common,
    summary: `Tell a webhook of a ${owner} of an event once more`,
    description: 'At most 5 a minute for each webhook and account. Not when its URL has changed.',
    input: z.object({ ...webhookKey, hook_event_id: integer().describe('The number of the delivery.') }),
    answers: { 201: z.object({ response_status: z.int().nullable() }) },
    failures: [422],
    handle: async ({ context, input, found }) => {
      const webhook = await getWebhook(found, input.hook_id)
      const { id } = orNotFound(await findDelivery(webhook, input.hook_event_id))
      const { responseStatus } = await resendDelivery(context, { id })
      return Response.json({ response_status: responseStatus }, { status: 201 })
    },
  })
  const test = rest.post(`${hook}/test/:trigger`, {
    ...common,
    summary: `Send a sample of an event to a webhook of a ${owner} at once`,
    description: 'At most 5 a minute for each project or group and account.',
    input: z.object({ ...webhookKey, trigger: z.enum(eventNames).describe('The parameter of the event.') }),
    answers: { 201: z.object({ message: z.string() }) },
    failures: [422],
    handle: async ({ context, input, found }) => {
      const { id } = await getWebhook(found, input.hook_id)
      await testWebhook(context, { id, event: input.trigger })
      return Response.json({ message: '201 Created' }, { status: 201 })
    },
  })
  return [list, resend, test]
}

export const webhookDeliveryEndpoints: readonly Endpoint[] = [...endpointsFor('project'), ...endpointsFor('group')]
