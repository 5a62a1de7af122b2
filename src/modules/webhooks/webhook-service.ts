import { recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import type { Tx } from '../../database/db.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { notFoundOrForbidden, RuleViolation } from '../../foundation/errors.ts'
import { withoutUndefined } from '../../foundation/rules.ts'
import type { Prisma, Webhook } from '../../generated/prisma/client.ts'
import { once, transact } from '../../idempotency/once.ts'
import { getNamespaceFor, idOf, type Namespace, type NamespacePath, pathOf } from '../projects/namespace.ts'
import { getWebhookToChange } from './find-webhook.ts'
import type { EventName } from './webhook-events.ts'
import { assertValuesValid, mergePairs, type WebhookValues } from './webhook-rules.ts'
import { noSecrets, type Secrets, secretsOf, storedSecrets, withSigningToken } from './webhook-secrets.ts'
import { askedUrl, assertReachable, splitUrl, typedHost } from './webhook-url.ts'

type Values = WebhookValues & { enableSslVerification?: boolean | undefined }

export type WebhookCreate = NamespacePath & Values & { url: string; events?: readonly EventName[] | undefined }
export type WebhookUpdate = Values & {
  id: number
  url?: string | undefined
  events?: readonly EventName[] | undefined
}

const MOST = { project: 100, group: 50 }

/** What a new webhook is told of when nothing is said. */
const DEFAULT_EVENTS: readonly EventName[] = ['push_events']

type Stored = Pick<Webhook, 'url' | 'host'> & { secrets: Secrets }

/**
 * The URL with its secrets. A webhook that leads elsewhere loses the secrets that the receiver would get, because they are meant for
 * the old receiver.
 */
async function targetOf(context: Context, stored: Stored | null, values: Values & { url?: string | undefined }) {
  const given = values.url === undefined ? null : splitUrl(values.url)
  const url = given?.url ?? stored?.url ?? ''
  const old = stored?.secrets ?? noSecrets
  const hasLeft = stored !== null && url !== stored.url
  const variables = mergePairs(hasLeft ? {} : old.variables, values.urlVariables)
  const parsed = askedUrl(url, variables)
  await assertReachable(parsed, context)
  const isElsewhere = hasLeft || (stored !== null && parsed.host !== stored.host)
  const kept = isElsewhere ? noSecrets : old
  const secrets: Secrets = {
    token: values.token === undefined ? kept.token : values.token || null,
    ...withSigningToken(old, values.signingToken === undefined ? old.signingToken : values.signingToken || null),
    userInfo: given?.userInfo ?? kept.userInfo,
    headers: mergePairs(kept.headers, values.customHeaders),
    variables,
  }
  return { url, host: parsed.host, secrets: storedSecrets(secrets) }
}

function columnsOf({ name, description, template, enableSslVerification, branchFilter, branchFilterStrategy }: Values) {
  const isFiltered = branchFilterStrategy !== 'all_branches'
  return withoutUndefined({
    ...{ name, description, enableSslVerification, branchFilterStrategy },
    template: template === '' ? null : template,
    branchFilter: isFiltered && branchFilter !== '' ? branchFilter : null,
  })
}

function record(tx: Tx, context: Context, webhook: Webhook, done: 'created' | 'updated' | 'deleted') {
  const { id, projectId, groupId } = webhook
  const host = typedHost(webhook)
  return recordAuditEvent(tx, context, {
    type: `webhook_${done}`,
    // The database makes sure that there is a project or a group.
    scope: projectId === null ? { groupId: groupId as number } : { projectId },
    target: { type: 'Webhook', id, details: webhook.name ?? host },
    message: `${{ created: 'Created', updated: 'Changed', deleted: 'Deleted' }[done]} the webhook to ${host}`,
  })
}

/** Two that are made at the same time could each be the last one, so the webhooks of the project or group are locked. */
async function assertRoom(tx: Tx, namespace: Namespace): Promise<void> {
  const owner = idOf(namespace)
  await tx.$executeRaw`SELECT /* webhooks.lock */ pg_advisory_xact_lock(hashtextextended(${`webhooks ${JSON.stringify(owner)}`}, 0))`
  const most = 'project' in namespace ? MOST.project : MOST.group
  if ((await tx.webhook.count({ where: owner })) < most) return
  throw new RuleViolation('UNPROCESSABLE', `Maximum number of webhooks (${most}) of ${pathOf(namespace)} exceeded`)
}

export const createWebhook = once(async (context: Context, input: WebhookCreate): Promise<Webhook> => {
  const { projectPath, groupPath, events = DEFAULT_EVENTS, ...values } = input
  const namespace = await getNamespaceFor(context, 'webhook:write', { projectPath, groupPath })
  await assertValuesValid(values)
  const target = await targetOf(context, null, values)
  return transact(context, async (tx) => {
    await assertRoom(tx, namespace)
    const own = { ...idOf(namespace), events: [...new Set(events)], updatedAt: databaseNow() }
    const data: Prisma.WebhookUncheckedCreateInput = { ...columnsOf(values), ...target, ...own }
    const webhook = await tx.webhook.create({ data })
    await record(tx, context, webhook, 'created')
    return webhook
  })
})

export const updateWebhook = once(async (context: Context, { id, ...input }: WebhookUpdate): Promise<Webhook> => {
  const { events, ...values } = input
  const { namespace: _namespace, ...stored } = await getWebhookToChange(context, id)
  if (Object.keys(withoutUndefined(input)).length === 0) return stored
  const strategy = values.branchFilterStrategy ?? (stored.branchFilterStrategy as WebhookValues['branchFilterStrategy'])
  const branchFilter = values.branchFilter === undefined ? stored.branchFilter : values.branchFilter
  await assertValuesValid({ ...values, branchFilter, branchFilterStrategy: strategy })
  const target = await targetOf(context, { ...stored, secrets: secretsOf(stored) }, values)
  return transact(context, async (tx) => {
    const told = events ? { events: [...new Set(events)] } : {}
    const data = { ...columnsOf({ ...values, branchFilterStrategy: strategy }), ...target, ...told }
    // Somebody may have changed it since it was read: then secrets would be mixed.
    const where = { id, updatedAt: stored.updatedAt }
    const [webhook] = await tx.webhook.updateManyAndReturn({ where, data: { ...data, updatedAt: databaseNow() } })
    if (!webhook) throw new RuleViolation('CONFLICT', 'The webhook was changed or deleted meanwhile')
    await record(tx, context, webhook, 'updated')
    return webhook
  })
})

export const deleteWebhook = once(async (context: Context, { id }: { id: number }): Promise<Webhook> => {
  const { namespace: _namespace, ...webhook } = await getWebhookToChange(context, id)
  return transact(context, async (tx) => {
    const { count } = await tx.webhook.deleteMany({ where: { id } })
    // Somebody may have deleted it meanwhile.
    if (count === 0) throw notFoundOrForbidden()
    await record(tx, context, webhook, 'deleted')
    return webhook
  })
})
