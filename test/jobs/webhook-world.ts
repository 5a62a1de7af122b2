import { beforeAll, expect, onTestFinished } from 'vitest'
import { db } from '../../src/database/db.ts'
import type { Webhook, WebhookDelivery } from '../../src/generated/prisma/client.ts'
import { encoded, rest } from '../http/rest/client.ts'
import type { TestApp } from '../support/app.ts'
import * as create from '../support/factories.ts'
import { createWorld, type World } from '../support/world.ts'

/** Told of everything. */
export const all = { push_events: true, tag_push_events: true, releases_events: true, milestone_events: true }

const deliveriesOf = ({ id }: Webhook): Promise<WebhookDelivery[]> =>
  db.webhookDelivery.findMany({ where: { webhookId: id }, orderBy: { id: 'asc' } })

/** Waits until the newest delivery of the webhook is as wanted. */
async function until(webhook: Webhook, isWanted: (one: WebhookDelivery) => boolean): Promise<WebhookDelivery> {
  for (let tries = 0; tries < 600; tries++) {
    const newest = (await deliveriesOf(webhook)).at(-1)
    if (newest && isWanted(newest)) return newest
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error('The delivery did not become as wanted')
}

/** What waits for a later attempt is attempted now. */
const now = (webhook: Webhook) =>
  db.webhookDelivery.updateMany({
    where: { webhookId: webhook.id, nextAttemptAt: { not: null } },
    data: { nextAttemptAt: new Date(Date.now() - 1000) },
  })

/** A private project, whose Owner adds webhooks and makes what is told. */
export function useWebhooks(app: TestApp) {
  let world: World
  beforeAll(async () => {
    world = await createWorld(app, { project: { visibility: 'private', description: 'Anchors' } })
    await create.addMember({ group: world.group }, world.users.owner, 'owner')
  })
  const hooks = () => `/projects/${world.project.id}/hooks`
  const releases = () => `/projects/${encoded(world.project.fullPath)}/releases`
  const send = (method: string, path: string, json?: unknown) =>
    rest(app, method, path, { token: world.tokens.owner, json })

  /** A webhook that is there until the test has finished. */
  async function hook(url: string, values: object = all, path = hooks()): Promise<Webhook> {
    const { status, body } = await send('POST', path, { url, push_events: false, ...values })
    expect([status, body]).toMatchObject([201, {}])
    onTestFinished(async () => void (await db.webhook.deleteMany({ where: { id: body.id } })))
    return db.webhook.findUniqueOrThrow({ where: { id: body.id } })
  }

  let count = 0
  const newTag = () => `v7.${count++}.0`
  async function publish(values: object = {}): Promise<string> {
    const tag = newTag()
    const answer = await send('POST', releases(), { tag_name: tag, ref: 'main', ...values })
    expect(answer.status).toBe(201)
    return tag
  }
  return { world: () => world, hooks, releases, send, hook, newTag, publish, deliveriesOf, until, now }
}
