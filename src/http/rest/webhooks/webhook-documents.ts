import { z } from 'zod'
import type { WebhookFragment } from '../../../generated/documents.ts'
import type { Webhook } from '../../../generated/prisma/client.ts'
import type { EventName } from '../../../modules/webhooks/webhook-events.ts'
import { shownRows } from '../../kit/document.ts'
import { Time } from '../kit/dates.ts'

const Keys = z.array(z.object({ key: z.string() }))
const flagsOf = (...names: EventName[]) => Object.fromEntries(names.map((name) => [name, z.boolean()]))

const beforeFilter = ['push_events', 'tag_push_events', 'merge_requests_events'] as const
const ofProjects = ['milestone_events'] as const
const ofGroups = ['subgroup_events', 'member_events', 'project_events'] as const
const afterOwner = [
  ...(['issues_events', 'confidential_issues_events', 'note_events', 'confidential_note_events'] as const),
  ...(['pipeline_events', 'wiki_page_events', 'deployment_events', 'feature_flag_events', 'job_events'] as const),
  ...(['releases_events', ...ofProjects, 'emoji_events', 'resource_access_token_events'] as const),
  ...(['vulnerability_events', 'release_publish_events'] as const),
]

export const WebhookBody = z
  .object({
    id: z.int(),
    url: z.string(),
    name: z.string().nullable(),
    description: z.string().nullable(),
    created_at: Time,
    ...flagsOf(...beforeFilter),
    repository_update_events: z.literal(false),
    enable_ssl_verification: z.boolean(),
    alert_status: z.enum(['executable', 'temporarily_disabled', 'disabled']),
    disabled_until: Time.nullable(),
    url_variables: Keys.optional(),
    push_events_branch_filter: z.string().nullable(),
    branch_filter_strategy: z.string(),
    custom_webhook_template: z.string().nullable(),
    custom_headers: Keys.optional(),
    project_id: z.int().optional(),
    group_id: z.int().optional(),
    ...flagsOf(...afterOwner, ...ofGroups),
    token_present: z.boolean(),
    signing_token_present: z.boolean(),
  })
  .partial(Object.fromEntries(ofGroups.map((name) => [name, true])) as Record<(typeof ofGroups)[number], true>)
  .meta({ id: 'Webhook', description: 'Tells a receiver of events. Its secrets are never shown.' })

export type WebhookBody = z.output<typeof WebhookBody>

const keysOf = (names: readonly string[]) => names.map((key) => ({ key }))

function toBody(hook: WebhookFragment): WebhookBody {
  const told = new Set(hook.events.map((event) => `${event.toLowerCase()}_events`))
  const flags = (names: readonly EventName[]) => Object.fromEntries(names.map((name) => [name, told.has(name)]))
  return {
    id: hook.id,
    url: hook.url,
    name: hook.name,
    description: hook.description,
    created_at: hook.created_at,
    ...flags(beforeFilter),
    repository_update_events: false,
    enable_ssl_verification: hook.enable_ssl_verification,
    alert_status: hook.alert_status.toLowerCase() as WebhookBody['alert_status'],
    disabled_until: hook.disabled_until,
    url_variables: keysOf(hook.url_variables),
    push_events_branch_filter: hook.branch_filter,
    branch_filter_strategy: hook.branch_filter_strategy.toLowerCase(),
    custom_webhook_template: hook.template,
    custom_headers: keysOf(hook.custom_headers),
    ...(hook.project_id === null ? { group_id: hook.group_id ?? 0 } : { project_id: hook.project_id }),
    ...flags(hook.project_id === null ? [...afterOwner, ...ofGroups] : afterOwner),
    token_present: hook.token_present,
    signing_token_present: hook.signing_token_present,
  } as WebhookBody
}

export const shownWebhooks = shownRows<Webhook, WebhookFragment, WebhookBody>(
  /* GraphQL */ `
    query Webhooks { given { rows: webhooks { ...Webhook } } }
    fragment Webhook on Webhook {
      id: number
      project_id: projectNumber
      group_id: groupNumber
      url
      name
      description
      events
      enable_ssl_verification: enableSslVerification
      alert_status: alertStatus
      disabled_until: disabledUntil
      branch_filter: branchFilter
      branch_filter_strategy: branchFilterStrategy
      template
      custom_headers: customHeaders
      url_variables: urlVariables
      token_present: tokenPresent
      signing_token_present: signingTokenPresent
      created_at: createdAt
    }
  `,
  toBody,
)
