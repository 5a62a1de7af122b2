import { expect, onTestFinished, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import type { Prisma } from '../../src/generated/prisma/client.ts'
import { useApp } from '../support/app.ts'
import { startReceiver } from '../support/receiver.ts'
import { work } from './job-world.ts'
import { useWebhooks } from './webhook-world.ts'

const app = useApp({ allowedPrivateAddresses: ['127.0.0.0/8', '::1'] })
const { deliveriesOf, hook, hooks, now, publish, send, until, world } = useWebhooks(app)

test('a delivery is repeated with the same key, and holds back no other', async () => {
  await work(app)
  const receiver = await startReceiver((response, _one, at) => {
    response.statusCode = at === 0 ? 503 : 200
    response.end(at === 0 ? `${JSON.stringify('The"token')}, the"token and The"token came` : 'taken')
  })
  const made = await hook(receiver.url, { releases_events: true, token: 'The"token' })
  await publish()
  const failed = await until(made, ({ attempts }) => attempts === 1)
  expect(failed).toMatchObject({ responseStatus: 503, responseBody: '"[REDACTED]", [REDACTED] and [REDACTED] came' })
  const pause = (failed.nextAttemptAt?.getTime() ?? 0) - (failed.attemptedAt?.getTime() ?? 0)
  expect(pause).toBeGreaterThanOrEqual(5_000)
  expect(pause).toBeLessThanOrEqual(6_100)
  await publish()
  expect(await receiver.count(2)).toHaveLength(2)
  await now(made)
  const [first, second, again] = await receiver.count(3)
  expect(again?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
  expect(again?.headers['webhook-id']).not.toBe(second?.headers['webhook-id'])
  expect(again?.text).toBe(first?.text)
  expect(await db.webhook.findUniqueOrThrow({ where: { id: made.id } })).toMatchObject({ failures: 0 })
})

test('an event counts one failure, the fourth lets the webhook rest, and 410 disables it', async () => {
  await work(app)
  let status = 500
  const receiver = await startReceiver((response) => void response.writeHead(status).end('no'))
  const made = await hook(receiver.url, { releases_events: true })
  const row = () => db.webhook.findUniqueOrThrow({ where: { id: made.id } })
  for (let event = 1; event <= 3; event++) {
    await publish()
    await until(made, ({ attempts }) => attempts === 1)
    await now(made)
    await until(made, ({ attempts }) => attempts === 2)
  }
  expect(await row()).toMatchObject({ failures: 3, disabledUntil: null })
  await publish()
  const fourth = await until(made, ({ attempts }) => attempts === 1)
  const rest = (await row()).disabledUntil?.getTime() ?? 0
  expect(rest - Date.now()).toBeGreaterThan(50_000)
  expect(fourth.nextAttemptAt?.getTime()).toBeGreaterThanOrEqual(rest)
  expect((await send('GET', `${hooks()}/${made.id}`)).body.alert_status).toBe('temporarily_disabled')
  await publish()
  const waiting = await until(made, ({ id }) => id > fourth.id)
  expect([waiting.attempts, waiting.nextAttemptAt?.getTime()]).toEqual([0, rest])
  status = 410
  await now(made)
  await until(made, ({ nextAttemptAt }) => nextAttemptAt === null)
  expect((await send('GET', `${hooks()}/${made.id}`)).body.alert_status).toBe('disabled')
  const left = (await deliveriesOf(made)).filter(({ nextAttemptAt }) => nextAttemptAt !== null)
  expect(left).toEqual([])
  status = 200
  expect((await send('POST', `${hooks()}/${made.id}/test/releases_events`)).status).toBe(201)
  expect((await send('GET', `${hooks()}/${made.id}`)).body.alert_status).toBe('executable')
  expect(await row()).toMatchObject({ failures: 0, disabledAt: null, disabledUntil: null })
})

test('a redirect is not followed, and of a long answer only the beginning is read', async () => {
  await work(app)
  const target = await startReceiver()
  const receiver = await startReceiver((response, one) => {
    if (one.path === '/moved') return void response.writeHead(307, { location: target.url }).end()
    const write = () => void (response.writable && response.write('x'.repeat(100_000), () => setImmediate(write)))
    write()
  })
  const moved = await hook(`${receiver.url}/moved`, { releases_events: true })
  const long = await hook(`${receiver.url}/long`, { releases_events: true })
  await publish()
  expect(await until(moved, ({ attempts }) => attempts === 1)).toMatchObject({ responseStatus: 307 })
  expect(await db.webhook.findUniqueOrThrow({ where: { id: moved.id } })).toMatchObject({ failures: 1 })
  const kept = await until(long, ({ attempts }) => attempts === 1)
  expect([kept.responseStatus, kept.responseBody?.length]).toEqual([200, 8192])
  expect(kept.durationMs).toBeLessThan(5_000)
  expect(target.received).toEqual([])
})

test('secrets are struck out of the names and values of headers, and where the answer is cut', async () => {
  await work(app)
  const token = 'Anchor-of-the-harbour'
  const value = 'v'.repeat(2048)
  const bodies: Record<string, string> = {
    '/edge': 'x'.repeat(8192 - 7) + token.repeat(2),
    '/long': 'x'.repeat(8192 - 50) + value,
    '/only': `z${value.repeat(40)}`,
  }
  const receiver = await startReceiver((response, { path }) => {
    response.writeHead(200, { [`X-${token}`]: `${'y'.repeat(1020)}${token}`, [token.toLowerCase()]: '1' })
    response.end(bodies[path])
  })
  const custom_headers = [{ key: 'X-Key', value }]
  const hooked = Object.keys(bodies).map((path) =>
    hook(`${receiver.url}${path}`, { releases_events: true, token, custom_headers }),
  )
  const made = await Promise.all(hooked)
  await publish()
  const kept = await Promise.all(made.map((one) => until(one, ({ attempts }) => attempts === 1)))
  expect(kept[0]?.responseBody).toBe(`${'x'.repeat(8192 - 7)}[REDACT`)
  expect(kept[1]?.responseBody).toBe(`${'x'.repeat(8192 - 50)}[REDACTED]`)
  expect(kept[2]?.responseBody).toBe('[REDACTED]')
  expect(kept[0]?.responseHeaders).toMatchObject({ 'X-[REDACTED]': `${'y'.repeat(1020)}[RED`, '[REDACTED]': '1' })
  expect(JSON.stringify(kept)).not.toMatch(/anch|vvvv/i)
})

test('receivers that never answer delay no other', async () => {
  await work(app)
  // It has all addresses of this machine, each of which is a host of its own.
  const silent = await startReceiver(() => undefined, { host: '0.0.0.0' })
  const receiver = await startReceiver()
  const good = await hook(receiver.url, { releases_events: true })
  await publish()
  await receiver.count(1)
  await until(good, ({ attemptedAt }) => attemptedAt !== null)
  const rows = Array.from({ length: 1_000 }, (_, at): Prisma.WebhookCreateManyInput => {
    const url = silent.url.replace('0.0.0.0', `127.1.${at >> 7}.${(at & 127) + 1}`)
    return { projectId: world().project.id, url, host: new URL(url).host, events: ['releases_events'] }
  })
  await db.webhook.createMany({ data: rows })
  onTestFinished(async () => void (await db.webhook.deleteMany({ where: { url: { contains: '127.1.' } } })))
  await publish()
  expect(await receiver.count(2)).toHaveLength(2)
  const started = Date.now()
  await publish()
  expect(await receiver.count(3)).toHaveLength(3)
  expect(silent.received.length).toBeGreaterThan(0)
  expect((receiver.received.at(-1)?.at ?? 0) - started).toBeLessThan(4_000)
})

test('first attempts of a webhook come one after the other, in the order of the events', async () => {
  let [open, most] = [0, 0]
  const receiver = await startReceiver((response) => {
    open += 1
    most = Math.max(most, open)
    setTimeout(() => {
      open -= 1
      response.end()
    }, 100)
  })
  await hook(receiver.url, { releases_events: true })
  const tags: string[] = []
  for (let at = 0; at < 8; at++) tags.push(await publish())
  await work(app)
  const told = (await receiver.count(8)).map(({ text }) => JSON.parse(text).tag)
  expect([told, most]).toEqual([tags, 1])
})

/** A delivery that is due is looked for each second. */
const SEVERAL_ATTEMPTS_MS = 60_000

test(
  'pauses grow to a day, a receiver may ask for a longer one, and the tenth attempt is the last',
  async () => {
    await work(app)
    let headers: Record<string, string> = {}
    const receiver = await startReceiver((response) => void response.writeHead(503, headers).end())
    const made = await hook(receiver.url, { releases_events: true })
    await publish()
    const { id } = await until(made, ({ attempts }) => attempts === 1)
    /** Seconds until the attempt that follows so many. */
    const pauseAfter = async (attempts: number) => {
      const nextAttemptAt = new Date(Date.now() - 1000)
      await db.webhookDelivery.update({ where: { id }, data: { attempts: attempts - 1, nextAttemptAt } })
      const kept = await until(made, (one) => one.attempts === attempts)
      return kept.nextAttemptAt && (kept.nextAttemptAt.getTime() - (kept.attemptedAt?.getTime() ?? 0)) / 1000
    }
    const [minute, hour] = [60, 3600]
    for (const [attempts, pause] of [
      [2, 5 * minute],
      [3, 30 * minute],
      [4, 2 * hour],
      [9, 24 * hour],
    ] as const) {
      const seconds = (await pauseAfter(attempts)) ?? 0
      expect([attempts, seconds >= pause, seconds <= pause * 1.2 + 1]).toEqual([attempts, true, true])
    }
    expect(await pauseAfter(10)).toBeNull()
    headers = { 'retry-after': '7200' }
    expect(await pauseAfter(2)).toBeCloseTo(7200, 0)
    headers = { 'retry-after': '999999999' }
    expect(await pauseAfter(2)).toBeCloseTo(24 * hour, 0)
  },
  SEVERAL_ATTEMPTS_MS,
)

test(
  'the fortieth failure in a row disables a webhook, and the thirty-ninth lets it rest for a day',
  async () => {
    await work(app)
    const receiver = await startReceiver((response) => void response.writeHead(500).end())
    const made = await hook(receiver.url, { releases_events: true })
    const row = () => db.webhook.findUniqueOrThrow({ where: { id: made.id } })
    const fail = async (failures: number) => {
      await db.webhook.update({ where: { id: made.id }, data: { failures, disabledUntil: null } })
      const last = (await deliveriesOf(made)).at(-1)?.id ?? 0
      await publish()
      await until(made, ({ id, attempts }) => id > last && attempts === 1)
      return row()
    }
    const resting = await fail(38)
    expect([resting.failures, resting.disabledAt]).toEqual([39, null])
    expect((resting.disabledUntil?.getTime() ?? 0) - Date.now()).toBeGreaterThan(23 * 3600_000)
    const disabled = await fail(39)
    expect([disabled.failures, disabled.disabledAt]).toEqual([40, expect.any(Date)])
    const before = receiver.received.length
    await publish()
    expect((await deliveriesOf(made)).length).toBe(2)
    expect(receiver.received.length).toBe(before)
  },
  SEVERAL_ATTEMPTS_MS,
)
