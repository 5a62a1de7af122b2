// The parameters of webhooks, and who may ask for webhooks.
import { z } from 'zod'
import { canInGroup } from '../../../access/group-abilities.ts'
import type { Context } from '../../../context/context.ts'
import { RuleViolation } from '../../../foundation/errors.ts'
import type { Webhook } from '../../../generated/prisma/client.ts'
import type { Namespace } from '../../../modules/projects/namespace.ts'
import { type EventName, eventNames } from '../../../modules/webhooks/webhook-events.ts'
import { findWebhook } from '../../../modules/webhooks/webhook-loaders.ts'
import { branchFilterStrategies } from '../../../modules/webhooks/webhook-rules.ts'
import { flag, integer, listOf, optional, storedText, text } from '../kit/fields.ts'
import { forbidden, notFound, orNotFound, unprocessable } from '../kit/rest-errors.ts'
import { assertSignedIn, getGroup, getProject } from '../kit/subjects.ts'

export type Owner = 'project' | 'group'

export const namespaceId = text('fullPath').describe('The number or the encoded full path.')
export const webhookKey = { id: namespaceId, hook_id: integer().describe('The number of the webhook.') }
export const pairKey = { ...webhookKey, key: text('name').describe('The name.') }

const Pair = z.object({ key: text('name'), value: storedText('secretValue') })

const maybe = optional(flag)
const flags = Object.fromEntries(eventNames.map((name) => [name, maybe])) as Record<EventName, typeof maybe>

export const webhookFields = {
  name: storedText('name').nullish(),
  description: storedText('webhookDescription').nullish(),
  ...flags,
  enable_ssl_verification: optional(flag).describe('Whether the certificate of the receiver must be valid.'),
  token: storedText('webhookToken').nullish().describe('Sent in `X-Gitlab-Token`. Never answered.'),
  signing_token: storedText('signingToken')
    .nullish()
    .describe('Signs deliveries (Standard Webhooks): `whsec_` and 24 to 64 bytes in Base64. Never answered.'),
  push_events_branch_filter: storedText('branchFilter').nullish().describe('Which branches count for pushes.'),
  branch_filter_strategy: optional(z.enum(branchFilterStrategies)),
  custom_webhook_template: storedText('template').nullish().describe('Makes the body: `{{a.b}}` is a value of it.'),
  custom_headers: optional(listOf(Pair)).describe('Headers of every delivery: at most 20. Never answered.'),
  url_variables: optional(listOf(Pair)).describe('Variables in the URL: at most 20. Never answered.'),
}

type Fields = z.output<z.ZodObject<typeof webhookFields>>

/** The values of a use case. `told` is what the webhook is told of before. */
export function valuesOf(fields: Fields, told: readonly string[]) {
  const given = eventNames.filter((name) => fields[name] != null)
  const events = eventNames.filter((name) => fields[name] ?? told.includes(name))
  return {
    name: fields.name,
    description: fields.description,
    enableSslVerification: fields.enable_ssl_verification ?? undefined,
    token: fields.token,
    signingToken: fields.signing_token,
    branchFilter: fields.push_events_branch_filter,
    branchFilterStrategy: fields.branch_filter_strategy ?? undefined,
    template: fields.custom_webhook_template,
    customHeaders: fields.custom_headers,
    urlVariables: fields.url_variables,
    events: given.length > 0 ? events : undefined,
  }
}

/** For `find`: the project or the group whose webhooks the path names. */
export const webhooksOf = {
  project: async (context: Context, { id }: { id: string }): Promise<Namespace> => {
    assertSignedIn(context)
    return { project: await getProject(context, id, 'webhook:read') }
  },
  group: async (context: Context, path: { id: string }): Promise<Namespace> => {
    assertSignedIn(context)
    const group = await getGroup(context, path)
    if (!canInGroup(context.viewer, 'webhook:read', group)) throw forbidden()
    return { group }
  },
}

export const getWebhook = async (namespace: Namespace, id: number): Promise<Webhook> =>
  orNotFound(await findWebhook(namespace, id))

/** GitLab reports a rule that no attribute has broken under `error`. */
export function underError(thrown: unknown): never {
  if (!(thrown instanceof RuleViolation) || thrown.code !== 'UNPROCESSABLE') throw thrown
  throw unprocessable(thrown.messages.join(', '))
}

export const underErrorOrAttributes = (thrown: unknown): never => {
  if (thrown instanceof RuleViolation && Object.keys(thrown.attributes).length > 0) throw thrown
  return underError(thrown)
}

export const noPair = (kind: 'header' | 'variable') => notFound(kind === 'header' ? 'Custom header' : 'Url variable')
