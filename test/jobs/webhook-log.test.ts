import { expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { forgetDeliveries } from '../../src/modules/webhooks/queue-deliveries.ts'
import { rest } from '../http/rest/client.ts'
import { useApp } from '../support/app.ts'
import { startReceiver } from '../support/receiver.ts'
import { createWorld } from '../support/world.ts'
import { work } from './job-world.ts'
import { useWebhooks } from './webhook-world.ts'

const app = useApp({ allowedPrivateAddresses: ['127.0.0.0/8', '::1'] })
const { hooks, send, hook, publish, until } = useWebhooks(app)

test('a test is sent at once, and its failure is the message', async () => {
  const receiver = await startReceiver((response, _one, at) => {
    response.statusCode = at === 0 ? 200 : 400
    response.end(at === 0 ? '' : 'no such job')
  })
  const made = await hook(receiver.url, {})
  const path = `${hooks()}/${made.id}`
  const good = await send('POST', `${path}/test/milestone_events`)
  expect([good.status, good.body]).toEqual([201, { message: '201 Created' }])
  const bad = await send('POST', `${path}/test/tag_push_events`)
  expect([bad.status, bad.body]).toEqual([422, { message: 'no such job' }])
  expect(JSON.parse(receiver.received[1]?.text ?? '{}')).toMatchObject({ ref: 'refs/heads/main' })
  expect((await send('POST', `${path}/test/nonsense`)).status).toBe(400)
  const empty = await createWorld(app)
  await db.release.deleteMany({ where: { projectId: empty.project.id } })
  const other = await rest(app, 'POST', `/projects/${empty.project.id}/hooks`, {
    ...{ token: empty.tokens.owner, json: { url: receiver.url } },
  })
  const none = await rest(app, 'POST', `/projects/${empty.project.id}/hooks/${other.body.id}/test/releases_events`, {
    token: empty.tokens.owner,
  })
  expect([none.status, none.body]).toEqual([422, { message: 'Ensure the project has releases.' }])
})

test('a delivery is sent again with its key and body, five times a minute, until the URL changes', async () => {
  await work(app)
  const receiver = await startReceiver()
  const made = await hook(receiver.url, { releases_events: true })
  await publish()
  const kept = await until(made, ({ attemptedAt }) => attemptedAt !== null)
  const path = `${hooks()}/${made.id}/events/${kept.id}/resend`
  const again = await send('POST', path)
  expect([again.status, again.body]).toEqual([201, { response_status: 200 }])
  const [first, second] = receiver.received
  expect(second?.text).toBe(first?.text)
  expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key'])
  await send('PUT', `${hooks()}/${made.id}`, { url: `${receiver.url}/moved` })
  expect((await send('POST', path)).status).toBe(422)
  await send('PUT', `${hooks()}/${made.id}`, { url: receiver.url })
  for (let time = 2; time <= 5; time++) expect((await send('POST', path)).status).toBe(201)
  const refused = await send('POST', path)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60'])
})

test('the log has what was sent and answered in the last week, by status', async () => {
  await work(app)
  const receiver = await startReceiver((response, _one, at) => void response.writeHead(at === 0 ? 201 : 404).end('ok'))
  const made = await hook(receiver.url, { releases_events: true })
  const path = `${hooks()}/${made.id}/events`
  await publish()
  await until(made, ({ attemptedAt }) => attemptedAt !== null)
  const tag = await publish()
  await receiver.count(2)
  await until(made, ({ responseStatus }) => responseStatus === 404)
  const { status, body } = await send('GET', path)
  expect([status, body.length, Object.keys(body[0])]).toEqual([
    ...[200, 2],
    [
      'id',
      'url',
      'trigger',
      'request_headers',
      'request_data',
      'response_headers',
      'response_body',
      'execution_duration',
      'response_status',
    ],
  ])
  expect(body[0]).toMatchObject({ trigger: 'release_hooks', request_data: { tag }, response_status: '404' })
  const statuses = async (filter: string) =>
    // biome-ignore lint/suspicious/noExplicitAny: the body of REST
    (await send('GET', `${path}?status=${filter}`)).body.map((one: any) => one.response_status)
  expect(await statuses('successful')).toEqual(['201'])
  expect(await statuses('client_failure')).toEqual(['404'])
  expect(await statuses('201')).toEqual(['201'])
  expect(await statuses('server_failure')).toEqual([])
  await db.webhookEvent.updateMany({ data: { createdAt: new Date(Date.now() - 8 * 24 * 3600_000) } })
  expect(await forgetDeliveries()).toBeGreaterThan(0)
  expect((await send('GET', path)).body).toEqual([])
  const metrics = await (await fetch(`${app.url}/metrics`)).text()
  expect(metrics).toMatch(/waybill_webhook_deliveries\{state="due"\} 0/)
})
