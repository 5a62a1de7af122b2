import { z } from 'zod'
import { invalid } from '../foundation/errors.ts'
import { toGlobalId } from '../foundation/global-id.ts'
import { PAGE_INFO, pageOf, readAllRows } from './all-rows.ts'
import { ask } from './graphql.ts'
import { NumericId } from './numeric-id.ts'
import { mutate, mutation } from './send-mutation.ts'
import type { Namespace, Server } from './server-connection.ts'

const Webhook = z.object({
  id: NumericId,
  url: z.string(),
  name: z.string().nullable(),
  events: z.array(z.string()),
  alertStatus: z.string(),
})

export type Webhook = z.output<typeof Webhook>

const FIELDS = 'id url name events alertStatus'
const WEBHOOK = `webhook { ${FIELDS} }`

const Delivery = z.object({
  id: NumericId,
  trigger: z.string(),
  attempts: z.number(),
  responseStatus: z.number().nullable(),
  error: z.string().nullable(),
  nextAttemptAt: z.string().nullable(),
  createdAt: z.string(),
})

export type Delivery = z.output<typeof Delivery>

const Answer = z.object({ status: z.number().nullable() })

const webhookCreate = mutation('webhookCreate', WEBHOOK, Webhook)
const webhookUpdate = mutation('webhookUpdate', WEBHOOK, Webhook)
const webhookDelete = mutation('webhookDelete', WEBHOOK, Webhook)
const webhookTest = mutation('webhookTest', 'answer { status }', Answer)
const webhookResend = mutation('webhookResend', 'answer { status }', Answer)

const DELIVERY = 'id trigger attempts responseStatus error nextAttemptAt createdAt'
const DELIVERIES = `deliveries(first: 20) { nodes { ${DELIVERY} } }`
const withDeliveries = Webhook.extend({ deliveries: z.object({ nodes: z.array(Delivery) }) })

const page = (kind: 'project' | 'group', more = '') => ({
  document: `query webhooks($path: ID!, $after: String) {
    namespace: ${kind}(fullPath: $path) { webhooks(after: $after) { nodes { ${FIELDS} ${more} } ${PAGE_INFO} } }
  }`,
  data: z.object({ namespace: z.object({ webhooks: pageOf(more ? withDeliveries : Webhook) }).nullable() }),
})

function readAll(server: Server, { projectPath, groupPath }: Namespace, more = ''): Promise<Webhook[]> {
  const operation = page(projectPath === undefined ? 'group' : 'project', more)
  return readAllRows(async (after) => {
    const { namespace } = await ask(server, operation, { path: projectPath ?? groupPath, after })
    if (!namespace) throw invalid('There is no such project or group')
    return namespace.webhooks
  })
}

export const listWebhooks = (server: Server, where: Namespace): Promise<Webhook[]> => readAll(server, where)

/** The newest deliveries of a webhook; null without such a webhook. */
export async function listDeliveries(server: Server, where: Namespace, id: number): Promise<Delivery[] | null> {
  const webhooks = (await readAll(server, where, DELIVERIES)) as z.output<typeof withDeliveries>[]
  return webhooks.find((webhook) => webhook.id === id)?.deliveries.nodes ?? null
}

const named = (id: number) => ({ id: toGlobalId('Webhook', id) })

export const createWebhook = (server: Server, where: Namespace, values: object): Promise<Webhook> =>
  mutate(server, webhookCreate, { ...where, ...values })

export const updateWebhook = (server: Server, id: number, values: object): Promise<Webhook> =>
  mutate(server, webhookUpdate, { ...named(id), ...values })

export const deleteWebhook = (server: Server, id: number): Promise<Webhook> => mutate(server, webhookDelete, named(id))

export const testWebhook = (server: Server, id: number, event: string): Promise<{ status: number | null }> =>
  mutate(server, webhookTest, { ...named(id), event })

export const resendDelivery = (server: Server, id: number): Promise<{ status: number | null }> =>
  mutate(server, webhookResend, { id: toGlobalId('WebhookDelivery', id) })
