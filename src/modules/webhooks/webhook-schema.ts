import { canInGroup } from '../../access/group-abilities.ts'
import { toGlobalId } from '../../foundation/global-id.ts'
import type { Webhook } from '../../generated/prisma/client.ts'
import { builder } from '../../graphql/builder.ts'
import { givenRows } from '../../graphql/given-schema.ts'
import { pageTypes } from '../../graphql/page-types.ts'
import { emptyConnection } from '../../rows/page.ts'
import { toWindow } from '../../rows/window.ts'
import { deliveryPageTypes } from './delivery-schema.ts'
import { type EventName, eventNames, isTrigger } from './webhook-events.ts'
import { deliveriesOfWebhook, webhooksOfGroup, webhooksOfProject } from './webhook-loaders.ts'
import { type BranchFilterStrategy, branchFilterStrategies } from './webhook-rules.ts'
import { secretsOf } from './webhook-secrets.ts'

/** `releases_events` is `RELEASES`. */
const enumName = (event: EventName) => event.slice(0, -'_events'.length).toUpperCase()

const inWords = (event: EventName) => {
  const what = enumName(event).toLowerCase().replaceAll('_', ' ')
  if (event === 'release_publish_events') return 'A release whose date has come.'
  return isTrigger(event) ? `Events about ${what}.` : `Events about ${what}, which never happen here.`
}

export const WebhookEvent = builder.enumType('WebhookEvent', {
  description: 'What a webhook may be told of. Not in GitLab.',
  values: Object.fromEntries(
    eventNames.map((event) => [enumName(event), { value: event, description: inWords(event) }]),
  ) as Record<string, { value: EventName; description: string }>,
})

export const WebhookBranchFilterStrategy = builder.enumType('WebhookBranchFilterStrategy', {
  description: 'How the filter names branches. Not in GitLab.',
  values: Object.fromEntries(
    branchFilterStrategies.map((strategy) => [
      strategy.toUpperCase(),
      { value: strategy, description: strategy === 'all_branches' ? 'All branches.' : `The filter is a ${strategy}.` },
    ]),
  ) as Record<string, { value: BranchFilterStrategy; description: string }>,
})

const WebhookAlertStatus = builder.enumType('WebhookAlertStatus', {
  description: 'Whether a webhook is told of events. Not in GitLab.',
  values: {
    EXECUTABLE: { value: 'executable', description: 'It is.' },
    TEMPORARILY_DISABLED: { value: 'temporarily_disabled', description: 'It rests after failures, and is told later.' },
    DISABLED: { value: 'disabled', description: 'It is not, until a test succeeds.' },
  } as const,
})

function alertStatusOf({ disabledAt, disabledUntil }: Webhook) {
  if (disabledAt !== null) return 'disabled'
  return disabledUntil !== null && disabledUntil > new Date() ? 'temporarily_disabled' : 'executable'
}

export const WebhookType = builder.prismaObject('Webhook', {
  description: 'Tells a receiver of events in a project, or in all projects below a group. Not in GitLab.',
  // Only the connections and mutations lead to a webhook, and each of them asks for the role.
  access: 'public',
  fields: (t) => ({
    id: t.id({ nullable: false, description: 'Global ID.', resolve: ({ id }) => toGlobalId('Webhook', id) }),
    number: t.exposeInt('id', { internal: true, nullable: false, description: 'The number in the global ID.' }),
    projectNumber: t.exposeInt('projectId', { internal: true, description: 'The number of its project.' }),
    groupNumber: t.exposeInt('groupId', { internal: true, description: 'The number of its group.' }),
    url: t.exposeString('url', {
      nullable: false,
      description: 'Where events are sent to, without user and password. `{name}` stands for a variable.',
    }),
    name: t.exposeString('name', { description: 'Name.' }),
    description: t.exposeString('description', { description: 'What it is for.' }),
    events: t.field({
      type: [WebhookEvent],
      nullable: false,
      description: 'What it is told of.',
      resolve: ({ events }) => events as EventName[],
    }),
    enableSslVerification: t.exposeBoolean('enableSslVerification', {
      nullable: false,
      description: 'Whether the certificate of the receiver must be valid.',
    }),
    branchFilter: t.exposeString('branchFilter', { description: 'Which branches count for pushes. Null: all.' }),
    branchFilterStrategy: t.field({
      type: WebhookBranchFilterStrategy,
      nullable: false,
      description: 'How the filter is read.',
      resolve: (webhook) => webhook.branchFilterStrategy as BranchFilterStrategy,
    }),
    template: t.exposeString('template', { description: 'What the body is made by. Null: it is as in GitLab.' }),
    customHeaders: t.stringList({
      nullable: false,
      description: 'The names of its headers. Their values are not shown.',
      resolve: (webhook) => Object.keys(secretsOf(webhook).headers),
    }),
    urlVariables: t.stringList({
      nullable: false,
      description: 'The names of the variables in its URL. Their values are not shown.',
      resolve: (webhook) => Object.keys(secretsOf(webhook).variables),
    }),
    tokenPresent: t.boolean({
      nullable: false,
      description: 'Whether it has a token, which is not shown.',
      resolve: (webhook) => secretsOf(webhook).token !== null,
    }),
    signingTokenPresent: t.boolean({
      nullable: false,
      description: 'Whether deliveries are signed. The token is not shown.',
      resolve: (webhook) => secretsOf(webhook).signingToken !== null,
    }),
    alertStatus: t.field({
      type: WebhookAlertStatus,
      nullable: false,
      description: 'Whether it is told of events.',
      resolve: alertStatusOf,
    }),
    disabledUntil: t.expose('disabledUntil', { type: 'Time', description: 'Until when it rests after failures.' }),
    createdAt: t.expose('createdAt', { type: 'Time', nullable: false, description: 'When it was created.' }),
    updatedAt: t.expose('updatedAt', { type: 'Time', nullable: false, description: 'When it last changed.' }),
    deliveries: t.connection(
      {
        type: deliveryPageTypes.type,
        description: 'What it was told in the last 7 days, the newest first.',
        resolve: deliveriesOfWebhook,
      },
      ...deliveryPageTypes.pages,
    ),
  }),
})

givenRows('webhooks', WebhookType)

const webhookPageTypes = pageTypes({ type: WebhookType, name: 'Webhook', one: 'A webhook', many: 'webhooks' })

builder.prismaObjectFields('Project', (t) => ({
  webhooks: t.connection(
    {
      type: WebhookType,
      access: { needs: 'webhook:read', otherwise: emptyConnection, instead: 'an empty connection' },
      description: 'The webhooks of the project itself, the oldest first. Not in GitLab.',
      resolve: webhooksOfProject,
    },
    ...webhookPageTypes,
  ),
}))

builder.prismaObjectFields('Group', (t) => ({
  webhooks: t.connection(
    {
      type: WebhookType,
      description:
        'The webhooks of the group itself, the oldest first. Empty for viewers who are not Owners. Not in GitLab.',
      resolve: (group, args, context, info) => {
        // Wrong arguments are refused whoever asks.
        toWindow(args)
        return canInGroup(context.viewer, 'webhook:read', group)
          ? webhooksOfGroup(group, args, context, info)
          : emptyConnection()
      },
    },
    ...webhookPageTypes,
  ),
}))
