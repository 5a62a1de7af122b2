import { z } from 'zod'
import { pathOf } from '../../../modules/projects/namespace.ts'
import { numberedWebhooks } from '../../../modules/webhooks/webhook-loaders.ts'
import { assertPairValid } from '../../../modules/webhooks/webhook-rules.ts'
import { secretsOf } from '../../../modules/webhooks/webhook-secrets.ts'
import { createWebhook, deleteWebhook, updateWebhook } from '../../../modules/webhooks/webhook-service.ts'
import { type Endpoint, endpointsOf } from '../kit/endpoint.ts'
import { storedText } from '../kit/fields.ts'
import { answerPage, pageFields } from '../kit/pagination.ts'
import { assertUnmodified, badRequest } from '../kit/rest-errors.ts'
import { shownWebhooks, WebhookBody } from './webhook-documents.ts'
import {
  getWebhook,
  namespaceId,
  noPair,
  type Owner,
  pairKey,
  underError,
  underErrorOrAttributes,
  valuesOf,
  webhookFields,
  webhookKey,
  webhooksOf,
} from './webhook-input.ts'

const rest = endpointsOf('Webhooks')

const abilityOf = (owner: Owner) => (owner === 'project' ? 'webhook:write' : 'group/webhook:write')
const commonOf = (owner: Owner) => ({ ability: abilityOf(owner), find: webhooksOf[owner] }) as const

function readsOf(owner: Owner): Endpoint[] {
  const list = rest.get(`/${owner}s/:id/hooks`, {
    ...commonOf(owner),
    summary: `The webhooks of a ${owner} itself, the oldest first`,
    input: z.object({ id: namespaceId, ...pageFields }),
    answers: { 200: z.array(WebhookBody) },
    handle: async (call) => {
      const page = await shownWebhooks.page(call.context, await numberedWebhooks(call.context, call.found, call.input))
      const rows = page.rows.map(({ url_variables: _variables, custom_headers: _headers, ...body }) => body)
      return answerPage(call, { ...page, rows })
    },
  })
  const single = rest.get(`/${owner}s/:id/hooks/:hook_id`, {
    ...commonOf(owner),
    summary: `A webhook of a ${owner}`,
    input: z.object(webhookKey),
    answers: { 200: WebhookBody },
    handle: async ({ context, input, found }) =>
      Response.json(await shownWebhooks.one(context, await getWebhook(found, input.hook_id))),
  })
  return [list, single]
}

function writesOf(owner: Owner): Endpoint[] {
  const create = rest.post(`/${owner}s/:id/hooks`, {
    ...commonOf(owner),
    summary: `Add a webhook to a ${owner}`,
    input: z.object({ id: namespaceId, url: storedText('url'), ...webhookFields }),
    answers: { 201: WebhookBody },
    failures: [422],
    handle: async ({ context, input, found }) => {
      const path = 'project' in found ? { projectPath: pathOf(found) } : { groupPath: pathOf(found) }
      const values = { ...path, ...valuesOf(input, ['push_events']), url: input.url }
      const webhook = await createWebhook(context, values).catch(underError)
      return Response.json(await shownWebhooks.one(context, webhook), { status: 201 })
    },
  })
  const update = rest.put(`/${owner}s/:id/hooks/:hook_id`, {
    ...commonOf(owner),
    summary: `Change a webhook of a ${owner}`,
    description: 'Another URL takes the token, the headers and the variables away.',
    input: z.object({ ...webhookKey, url: storedText('url').nullish(), ...webhookFields }),
    answers: { 200: WebhookBody },
    failures: [409, 422],
    violations: 'attributes',
    handle: async ({ context, input, found }) => {
      const { id: _id, hook_id: number, url, ...fields } = input
      if (url == null && Object.values(fields).every((value) => value === undefined)) {
        throw badRequest('No parameters provided')
      }
      const { id, events } = await getWebhook(found, number)
      const changes = { ...valuesOf(fields, events), id, url: url ?? undefined }
      const webhook = await updateWebhook(context, changes).catch(underErrorOrAttributes)
      return Response.json(await shownWebhooks.one(context, webhook))
    },
  })
  const remove = rest.delete(`/${owner}s/:id/hooks/:hook_id`, {
    ...commonOf(owner),
    summary: `Delete a webhook of a ${owner} with its deliveries`,
    description: 'A webhook that has changed since the time in `If-Unmodified-Since` is not deleted (412).',
    input: z.object(webhookKey),
    answers: { 204: null },
    failures: [412],
    handle: async ({ context, input, found, headers }) => {
      const webhook = await getWebhook(found, input.hook_id)
      assertUnmodified(headers, webhook)
      await deleteWebhook(context, { id: webhook.id })
      return new Response(null, { status: 204 })
    },
  })
  return [create, update, remove]
}

const kinds = {
  header: { path: 'custom_headers', argument: 'customHeaders', stored: 'headers', what: 'header' },
  variable: { path: 'url_variables', argument: 'urlVariables', stored: 'variables', what: 'URL variable' },
} as const

/** A header or a variable of the URL alone. */
function pairsOf(owner: Owner, kind: keyof typeof kinds): Endpoint[] {
  const { path, argument, stored, what } = kinds[kind]
  const set = rest.put(`/${owner}s/:id/hooks/:hook_id/${path}/:key`, {
    ...commonOf(owner),
    summary: `Set a ${what} of a webhook of a ${owner}`,
    input: z.object({ ...pairKey, value: storedText('secretValue') }),
    answers: { 204: null },
    failures: [409, 422],
    handle: async ({ context, input, found }) => {
      const { id } = await getWebhook(found, input.hook_id)
      const pair = { key: input.key, value: input.value }
      assertPairValid(kind, pair)
      await updateWebhook(context, { id, [argument]: [pair] })
      return new Response(null, { status: 204 })
    },
  })
  const remove = rest.delete(`/${owner}s/:id/hooks/:hook_id/${path}/:key`, {
    ...commonOf(owner),
    summary: `Take a ${what} of a webhook of a ${owner} away`,
    input: z.object(pairKey),
    answers: { 204: null },
    failures: [409, 422],
    handle: async ({ context, input, found }) => {
      const webhook = await getWebhook(found, input.hook_id)
      if (!Object.hasOwn(secretsOf(webhook)[stored], input.key)) throw noPair(kind)
      await updateWebhook(context, { id: webhook.id, [argument]: [{ key: input.key, value: null }] })
      return new Response(null, { status: 204 })
    },
  })
  return [set, remove]
}

export const webhookEndpoints: readonly Endpoint[] = (['project', 'group'] as const).flatMap((owner) => [
  ...readsOf(owner),
  ...writesOf(owner),
  ...pairsOf(owner, 'header'),
  ...pairsOf(owner, 'variable'),
])
