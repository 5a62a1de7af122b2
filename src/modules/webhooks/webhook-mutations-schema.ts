import { builder } from '../../graphql/builder.ts'
import { assertNullOnlyIn, mutation } from '../../graphql/mutation.ts'
import { resendDelivery, testWebhook } from './try-webhook.ts'
import { WebhookBranchFilterStrategy, WebhookEvent, WebhookType } from './webhook-schema.ts'
import { createWebhook, deleteWebhook, updateWebhook } from './webhook-service.ts'

const WebhookPair = builder.inputType('WebhookPairInput', {
  description: 'A header or a variable of a webhook. Not in GitLab.',
  fields: (t) => ({
    key: t.string({ required: true, description: 'Its name.' }),
    value: t.string({ description: 'Its value, which is not shown again. Null takes it away.' }),
  }),
})

const url =
  'Where events are sent to. It may have `{name}` in place of a variable. User and password become Basic auth.'
const needs = 'Needs the role Maintainer of the project or Owner of the group. Not in GitLab.'
const id = { type: 'WebhookID', required: true, description: 'Global ID of the webhook.' } as const

const described = {
  name: { description: 'Name.' },
  description: { description: 'What it is for.' },
  template: { description: 'Makes the body, which must be JSON: `{{a.b}}` is replaced by the value at that path.' },
  token: { description: 'Sent in the header `X-Gitlab-Token`, and not shown again.' },
  signingToken: { description: 'Signs deliveries (Standard Webhooks): `whsec_` and 24 to 64 bytes in Base64.' },
  branchFilter: { description: 'Which branches count for pushes.' },
}

mutation('webhookCreate', {
  ability: 'webhook:write',
  description: `Create a webhook of a project or of a group. ${needs}`,
  input: (t) => ({
    projectPath: t.id({ description: 'Full path of the project, or else `groupPath`.' }),
    groupPath: t.id({ description: 'Full path of the group, or else `projectPath`.' }),
    url: t.string({ required: true, description: url }),
    name: t.string(described.name),
    description: t.string(described.description),
    events: t.field({ type: [WebhookEvent], defaultValue: ['push_events'], description: 'What it is told of.' }),
    enableSslVerification: t.boolean({ defaultValue: true, description: 'Whether certificates must be valid.' }),
    branchFilter: t.string(described.branchFilter),
    branchFilterStrategy: t.field({
      type: WebhookBranchFilterStrategy,
      defaultValue: 'wildcard',
      description: 'How the filter is read.',
    }),
    template: t.string(described.template),
    token: t.string(described.token),
    signingToken: t.string(described.signingToken),
    customHeaders: t.field({ type: [WebhookPair], description: 'Headers of every delivery: at most 20.' }),
    urlVariables: t.field({ type: [WebhookPair], description: 'Variables in the URL: at most 20.' }),
  }),
  payload: { webhook: WebhookType },
  run: async (context, input) => {
    const { events, enableSslVerification, branchFilterStrategy, ...values } = input
    const given = {
      events: events ?? undefined,
      enableSslVerification: enableSslVerification ?? undefined,
      branchFilterStrategy: branchFilterStrategy ?? undefined,
    }
    return { webhook: await createWebhook(context, { ...values, ...given }) }
  },
})

mutation('webhookUpdate', {
  ability: 'webhook:write',
  description: `Change a webhook. One that leads to another place loses its token, its headers and its variables. ${needs}`,
  input: (t) => ({
    id: t.field(id),
    url: t.string({ description: `${url} Must not be null.` }),
    name: t.string(described.name),
    description: t.string(described.description),
    events: t.field({ type: [WebhookEvent], description: 'What it is told of, instead. Must not be null.' }),
    enableSslVerification: t.boolean({ description: 'Whether certificates must be valid. Must not be null.' }),
    branchFilter: t.string(described.branchFilter),
    branchFilterStrategy: t.field({
      type: WebhookBranchFilterStrategy,
      description: 'How the filter is read. Must not be null.',
    }),
    template: t.string(described.template),
    token: t.string(described.token),
    signingToken: t.string(described.signingToken),
    customHeaders: t.field({ type: [WebhookPair], description: 'Added to its headers. Must not be null.' }),
    urlVariables: t.field({ type: [WebhookPair], description: 'Added to its variables. Must not be null.' }),
  }),
  payload: { webhook: WebhookType },
  run: async (context, input) => {
    assertNullOnlyIn(input, 'name', 'description', 'branchFilter', 'template', 'token', 'signingToken')
    return { webhook: await updateWebhook(context, input) }
  },
})

mutation('webhookDelete', {
  ability: 'webhook:write',
  description: `Delete a webhook with its deliveries. ${needs}`,
  input: (t) => ({ id: t.field(id) }),
  payload: { webhook: { type: WebhookType, description: 'The webhook as it was; null with errors.' } },
  run: async (context, input) => ({ webhook: await deleteWebhook(context, input) }),
})

const ResponseStatus = builder.objectRef<{ status: number | null }>('WebhookAnswer').implement({
  description: 'How a receiver has answered. Not in GitLab.',
  access: 'public',
  fields: (t) => ({ status: t.exposeInt('status', { description: 'The status. Null: there was no answer.' }) }),
})

mutation('webhookTest', {
  ability: 'webhook:write',
  description: `Send a sample of an event at once, made of what is there, also to a webhook that is disabled: its success enables it. At most 5 a minute for each project or group. ${needs}`,
  input: (t) => ({
    id: t.field(id),
    event: t.field({ type: WebhookEvent, required: true, description: 'What is told of.' }),
  }),
  payload: { webhook: WebhookType, answer: ResponseStatus },
  run: async (context, input) => {
    const { webhook, responseStatus: status } = await testWebhook(context, input)
    return { webhook, answer: { status } }
  },
})

mutation('webhookResend', {
  ability: 'webhook:write',
  description: `Send a delivery once more, with the same body and the same key, unless the URL has changed. At most 5 a minute for each webhook. ${needs}`,
  input: (t) => ({
    id: t.field({ type: 'WebhookDeliveryID', required: true, description: 'Global ID of the delivery.' }),
  }),
  payload: { webhook: WebhookType, answer: ResponseStatus },
  run: async (context, input) => {
    const { webhook, responseStatus: status } = await resendDelivery(context, input)
    return { webhook, answer: { status } }
  },
})
