import { createHmac } from 'node:crypto'
import { Webhook as Verifier } from 'standardwebhooks'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import type { Prisma, Webhook } from '../../src/generated/prisma/client.ts'
import { renderTemplate, requestOf } from '../../src/modules/webhooks/delivery-request.ts'
import { forgetDeliveries } from '../../src/modules/webhooks/queue-deliveries.ts'
import { encoded, rest } from '../http/rest/client.ts'
import { useApp } from '../support/app.ts'
import * as create from '../support/factories.ts'
import { startReceiver } from '../support/receiver.ts'
import { createWorld, type World } from '../support/world.ts'
import { work } from './job-world.ts'

const app = useApp({ allowedPrivateAddresses: ['127.0.0.0/8', '::1'] })

let world: World
let hooks: string
beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'private', description: 'Anchors' } })
  await create.addMember({ group: world.group }, world.users.owner, 'owner')
  hooks = `/projects/${world.project.id}/hooks`
})

const send = (method: string, path: string, json?: unknown) =>
  rest(app, method, path, { token: world.tokens.owner, json })

const all = { push_events: true, tag_push_events: true, releases_events: true, milestone_events: true }

/** A webhook that is there until the test has finished. */
async function hook(url: string, values: object = all, path = hooks): Promise<Webhook> {
  const { status, body } = await send('POST', path, { url, push_events: false, ...values })
  expect([status, body]).toMatchObject([201, {}])
  onTestFinished(async () => void (await db.webhook.deleteMany({ where: { id: body.id } })))
  return db.webhook.findUniqueOrThrow({ where: { id: body.id } })
}

const releases = () => `/projects/${encoded(world.project.fullPath)}/releases`
let count = 0
const newTag = () => `v7.${count++}.0`
const publish = async (values: object = {}) => {
  const tag = newTag()
  const answer = await send('POST', releases(), { tag_name: tag, ref: 'main', ...values })
  expect(answer.status).toBe(201)
  return tag
}
const deliveriesOf = ({ id }: Webhook) =>
  db.webhookDelivery.findMany({ where: { webhookId: id }, orderBy: { id: 'asc' } })

/** Waits until the newest delivery of the webhook is as wanted. */
async function until(webhook: Webhook, isWanted: (one: Awaited<ReturnType<typeof deliveriesOf>>[number]) => boolean) {
  for (let tries = 0; tries < 600; tries++) {
    const newest = (await deliveriesOf(webhook)).at(-1)
    if (newest && isWanted(newest)) return newest
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error('The delivery did not become as wanted')
}

const now = (webhook: Webhook) =>
  db.webhookDelivery.updateMany({
    where: { webhookId: webhook.id, nextAttemptAt: { not: null } },
    data: { nextAttemptAt: new Date(Date.now() - 1000) },
  })

test('nobody is told of releases when the repository is switched off, and a test finds none', async () => {
  const receiver = await startReceiver()
  const ofGroup = `/groups/${world.group.id}/hooks`
  const { id } = await hook(receiver.url, all, ofGroup)
  await publish()
  const switchTo = (repositoryLevel: 'disabled' | 'enabled') =>
    db.project.update({ where: { id: world.project.id }, data: { repositoryLevel } })
  await switchTo('disabled')
  onTestFinished(async () => void (await switchTo('enabled')))
  const milestone = { title: 'Autumn' }
  expect((await send('POST', `/projects/${world.project.id}/milestones`, milestone)).status).toBe(201)
  await work(app)
  const received = await receiver.count(1)
  expect(received.map(({ text }) => JSON.parse(text).object_kind)).toEqual(['milestone'])
  expect(await send('POST', `${ofGroup}/${id}/test/releases_events`)).toMatchObject({ status: 422 })
})

describe('what a receiver gets', () => {
  test('a release is told when it is published, changed and deleted, to the letter', async () => {
    await work(app)
    const receiver = await startReceiver()
    await hook(`${receiver.url}/hook`, { releases_events: true })
    const notes = 'Fixes ![winch](/uploads/1/w.png) and `![no](image.png)`.'
    const links = [{ name: 'linux', url: 'https://dl.example/a', link_type: 'package' }]
    const tag = await publish({ name: 'Anchor', description: notes, assets: { links } })
    await send('PUT', `${releases()}/${tag}`, { name: 'Anchor 2' })
    await send('DELETE', `${releases()}/${tag}`)
    const received = await receiver.count(3)
    const bodies = received.map(({ text }) => JSON.parse(text))
    expect(bodies.map(({ action, name }) => [action, name])).toEqual([
      ['create', 'Anchor'],
      ['update', 'Anchor 2'],
      ['delete', 'Anchor 2'],
    ])
    const { project } = world
    const web = `${app.url}/${project.fullPath}`
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/)
    const commit = bodies[0].commit
    expect(bodies[0]).toEqual({
      id: expect.any(Number),
      created_at: time,
      description: `Fixes ![winch](${web}/uploads/1/w.png) and \`![no](image.png)\`.`,
      name: 'Anchor',
      released_at: time,
      tag,
      object_kind: 'release',
      project: {
        ...{ id: project.id, name: project.name, description: 'Anchors', web_url: web, avatar_url: null },
        ...{ git_ssh_url: null, git_http_url: `${web}.git`, namespace: world.group.name, visibility_level: 0 },
        ...{ path_with_namespace: project.fullPath, default_branch: 'main', ci_config_path: null, homepage: web },
        ...{ url: `${web}.git`, ssh_url: null, http_url: `${web}.git` },
      },
      url: `${web}/-/releases/${tag}`,
      action: 'create',
      assets: {
        count: 5,
        links: [{ id: expect.any(Number), link_type: 'package', name: 'linux', url: 'https://dl.example/a' }],
        sources: ['zip', 'tar.gz', 'tar.bz2', 'tar'].map((format) => ({
          format,
          url: `${web}/-/archive/${tag}/${project.path}-${tag}.${format}`,
        })),
      },
      commit: {
        ...{ id: expect.stringMatching(/^[0-9a-f]{40}$/), message: expect.any(String), title: expect.any(String) },
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/),
        url: `${web}/-/commit/${commit.id}`,
        author: { name: expect.any(String), email: expect.any(String) },
      },
    })
    expect(Object.keys(bodies[0])).toEqual([
      ...['id', 'created_at', 'description', 'name', 'released_at', 'tag', 'object_kind', 'project', 'url', 'action'],
      ...['assets', 'commit'],
    ])
    expect(bodies[2].assets).toEqual(bodies[0].assets)
  })

  test('the headers name the event, and a delivery is signed so that the library verifies it', async () => {
    await work(app)
    const receiver = await startReceiver()
    const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`
    const values = { releases_events: true, token: 'the-token', signing_token: secret }
    const custom_headers = [
      { key: 'X-Tenant', value: 'harbour' },
      { key: 'user-agent', value: 'mine' },
    ]
    const address = receiver.url.replace('//', '//anna:se%3Acret@')
    const made = await hook(`${address}/{team}`, {
      ...{ ...values, custom_headers },
      url_variables: [{ key: 'team', value: 'anchors' }],
    })
    await publish()
    const [one] = await receiver.count(1)
    if (!one) throw new Error('Nothing came')
    expect(one.path).toBe('/anchors')
    expect(one.headers).toMatchObject({
      ...{ 'content-type': 'application/json', 'user-agent': 'GitLab/18.0.0', 'x-gitlab-event': 'Release Hook' },
      ...{ 'x-gitlab-instance': app.url, 'x-gitlab-token': 'the-token', 'x-tenant': 'harbour' },
      authorization: `Basic ${Buffer.from('anna:se:cret').toString('base64')}`,
      'idempotency-key': one.headers['webhook-id'],
      'x-gitlab-webhook-uuid': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'x-gitlab-event-uuid': expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
    const headers = one.headers as Record<string, string>
    expect(new Verifier(secret).verify(one.text, headers)).toMatchObject({ object_kind: 'release' })
    expect(() => new Verifier(secret).verify(`${one.text} `, headers)).toThrow('No matching signature')
    const kept = await until(made, ({ attemptedAt }) => attemptedAt !== null)
    const shown = JSON.stringify(kept)
    for (const text of ['the-token', 'harbour', 'cret', secret, '/anchors']) expect(shown).not.toContain(text)
    expect(kept.requestHeaders).toMatchObject({ 'X-Gitlab-Token': '[REDACTED]', 'X-Tenant': '[REDACTED]' })
  })

  test('the signature is that of the test vector', () => {
    const secrets = { signingToken: 'whsec_d2F5YmlsbC1leGFtcGxlLWtleS0wMTIzNDU2Nzg5YWI=' }
    const webhook = { secrets, template: null } as unknown as Webhook
    const key = '5c0f8c1e-6b0e-4b7e-9a53-0d6f3c1f2a77'
    const body = '{"object_kind":"release","action":"create","tag":"v2.4.0"}'
    const told = { key, trigger: 'releases_events', cause: 'a', body } as const
    const { headers } = requestOf(webhook, told, 'https://waybill.example', new Date(1_790_000_000_000))
    expect([headers['webhook-id'], headers['webhook-timestamp']]).toEqual([key, '1790000000'])
    expect(headers['webhook-signature']).toBe('v1,AhZkOw4m1Xd9l2iicqONf1P1OKPNl6oTlizTOpyVMY4=')
    const hmac = createHmac('sha256', Buffer.from('waybill-example-key-0123456789ab'))
    expect(headers['webhook-signature']).toBe(`v1,${hmac.update(`${key}.1790000000.${body}`).digest('base64')}`)
  })

  test('pushes, tags and milestones are told, and a push of more than three tags tells none', async () => {
    await work(app)
    const receiver = await startReceiver()
    await hook(receiver.url, { ...all, releases_events: false })
    const project = `/projects/${world.project.id}`
    const tag = newTag()
    await send('POST', `${project}/repository/tags`, { tag_name: tag, ref: 'main', message: 'Annotated' })
    await send('POST', `${project}/repository/branches`, { branch: 'side', ref: 'main' })
    await send('DELETE', `${project}/repository/branches/side`)
    const { body: made } = await send('POST', `${project}/milestones`, { title: 'Winter', due_date: '2026-12-24' })
    await send('PUT', `${project}/milestones/${made.id}`, { title: 'Winter 2' })
    await send('PUT', `${project}/milestones/${made.id}`, { state_event: 'close' })
    await send('DELETE', `${project}/milestones/${made.id}`)
    const received = await receiver.count(6)
    const bodies = received.map(({ text }) => JSON.parse(text))
    expect(received.map(({ headers }) => headers['x-gitlab-event'])).toEqual([
      ...['Tag Push Hook', 'Push Hook', 'Push Hook'],
      ...['Milestone Hook', 'Milestone Hook', 'Milestone Hook'],
    ])
    const zeros = '0'.repeat(40)
    expect(bodies[0]).toMatchObject({
      ...{ object_kind: 'tag_push', event_name: 'tag_push', before: zeros, ref: `refs/tags/${tag}` },
      ...{ message: 'Annotated', commits: [], total_commits_count: 0, user_username: world.users.owner.username },
      ...{ project_id: world.project.id, ref_protected: false, push_options: {}, user_email: null },
    })
    expect(bodies[0].after).not.toBe(bodies[0].checkout_sha)
    expect(bodies[1]).toMatchObject({
      object_kind: 'push',
      ref: 'refs/heads/side',
      before: zeros,
      total_commits_count: 0,
    })
    expect(bodies[2]).toMatchObject({ after: zeros, checkout_sha: null })
    expect(bodies.slice(3).map(({ action, object_attributes: { state } }) => [action, state])).toEqual([
      ['create', 'active'],
      ['close', 'closed'],
      ['delete', 'closed'],
    ])
    expect(bodies[3].object_attributes).toMatchObject({ due_date: '2026-12-24', start_date: null, title: 'Winter' })
  })

  test('a webhook of a group above is told, a draft tells nothing, and a template makes the body', async () => {
    await work(app)
    const receiver = await startReceiver()
    const template = '{"text": "{{tag}} of {{project.name}}: {{description}}", "count": {{assets.count}}}'
    await hook(
      receiver.url,
      { releases_events: true, custom_webhook_template: template },
      `/groups/${world.group.id}/hooks`,
    )
    const draft = newTag()
    expect((await send('POST', releases(), { tag_name: draft, ref: 'main', draft: true })).status).toBe(201)
    const tag = await publish({ description: 'It "works".' })
    await send('POST', `${releases()}/${draft}/publish`)
    const texts = (await receiver.count(2)).map(({ text }) => JSON.parse(text))
    expect(texts[0]).toEqual({ text: `${tag} of ${world.project.name}: It "works".`, count: 4 })
    expect(texts[1].text).toContain(draft)
    expect(() => renderTemplate('{"a": {{b}', '{}')).toThrow('The template makes no JSON')
    expect(() => renderTemplate('{"a": {{b.0}} }', '{"b":[1]}')).toThrow('a value in a list')
    const long = JSON.stringify({ b: 'x'.repeat(1_000_000) })
    expect(renderTemplate(`["${'{{b}}'.repeat(9)}"]`, long)).toHaveLength(9_000_004)
    expect(() => renderTemplate(`["${'{{b}}'.repeat(10)}"]`, long)).toThrow('more than 10,000,000 characters')
  })

  test('a webhook is told of the branches that its filter names', async () => {
    await work(app)
    const receiver = await startReceiver()
    await hook(`${receiver.url}/wild`, { push_events: true, push_events_branch_filter: 'stable-*' })
    const regex = { push_events_branch_filter: '^hot', branch_filter_strategy: 'regex' }
    await hook(`${receiver.url}/regex`, { push_events: true, ...regex })
    for (const branch of ['stable-1', 'stable_2', 'hotfix']) {
      await send('POST', `/projects/${world.project.id}/repository/branches`, { branch, ref: 'main' })
    }
    const told = (await receiver.count(2)).map(({ path, text }) => [path, JSON.parse(text).ref])
    expect(told.sort()).toEqual([
      ['/regex', 'refs/heads/hotfix'],
      ['/wild', 'refs/heads/stable-1'],
    ])
  })

  test('nothing is queued where no webhook listens', async () => {
    const before = await db.webhookEvent.count()
    const tag = await publish()
    await send('DELETE', `${releases()}/${tag}`)
    expect(await db.webhookEvent.count()).toBe(before)
  })
})

describe('a receiver that fails', () => {
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
    expect((await send('GET', `${hooks}/${made.id}`)).body.alert_status).toBe('temporarily_disabled')
    await publish()
    const waiting = await until(made, ({ id }) => id > fourth.id)
    expect([waiting.attempts, waiting.nextAttemptAt?.getTime()]).toEqual([0, rest])
    status = 410
    await now(made)
    await until(made, ({ nextAttemptAt }) => nextAttemptAt === null)
    expect((await send('GET', `${hooks}/${made.id}`)).body.alert_status).toBe('disabled')
    const left = (await deliveriesOf(made)).filter(({ nextAttemptAt }) => nextAttemptAt !== null)
    expect(left).toEqual([])
    status = 200
    expect((await send('POST', `${hooks}/${made.id}/test/releases_events`)).status).toBe(201)
    expect((await send('GET', `${hooks}/${made.id}`)).body.alert_status).toBe('executable')
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
    const kept = await until(long, ({ attempts }) => attempts === 1)
    expect([kept.responseStatus, kept.responseBody?.length]).toEqual([200, 8192])
    expect(kept.durationMs).toBeLessThan(5_000)
    expect(target.received).toEqual([])
  })

  test('a name that leads to a private address by now is not asked', async () => {
    await work(app, { allowed: [] })
    const receiver = await startReceiver()
    const byName = await hook(receiver.url.replace('127.0.0.1', 'localhost'), { releases_events: true })
    const byAddress = await hook(receiver.url, { releases_events: true })
    await publish()
    for (const made of [byName, byAddress]) {
      const kept = await until(made, ({ attempts }) => attempts === 1)
      expect([kept.responseStatus, kept.error]).toEqual([null, expect.stringContaining('is at a private address')])
    }
    expect(receiver.received).toEqual([])
  })

  test('receivers that never answer delay no other', async () => {
    await work(app)
    const silent = await startReceiver(() => undefined)
    const receiver = await startReceiver()
    const good = await hook(receiver.url, { releases_events: true })
    await publish()
    await receiver.count(1)
    await until(good, ({ attemptedAt }) => attemptedAt !== null)
    const rows = Array.from({ length: 1_000 }, (_, at): Prisma.WebhookCreateManyInput => {
      const url = silent.url.replace('127.0.0.1', `127.1.${at >> 7}.${(at & 127) + 1}`)
      return { projectId: world.project.id, url, host: new URL(url).host, events: ['releases_events'] }
    })
    await db.webhook.createMany({ data: rows })
    onTestFinished(async () => void (await db.webhook.deleteMany({ where: { url: { contains: '127.1.' } } })))
    await publish()
    expect(await receiver.count(2)).toHaveLength(2)
    const started = Date.now()
    await publish()
    expect(await receiver.count(3)).toHaveLength(3)
    expect((receiver.received.at(-1)?.at ?? 0) - started).toBeLessThan(4_000)
  })

  test('first attempts come in the order of the events', async () => {
    await work(app)
    const receiver = await startReceiver((response) => void setTimeout(() => response.end(), 30))
    await hook(receiver.url, { releases_events: true })
    const tags: string[] = []
    for (let at = 0; at < 8; at++) tags.push(await publish())
    const told = (await receiver.count(8)).map(({ text }) => JSON.parse(text).tag)
    expect(told).toEqual(tags)
  })
})

describe('tests, redeliveries and the log', () => {
  test('a test is sent at once, and its failure is the message', async () => {
    const receiver = await startReceiver((response, _one, at) => {
      response.statusCode = at === 0 ? 200 : 400
      response.end(at === 0 ? '' : 'no such job')
    })
    const made = await hook(receiver.url, {})
    const path = `${hooks}/${made.id}`
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
    const path = `${hooks}/${made.id}/events/${kept.id}/resend`
    const again = await send('POST', path)
    expect([again.status, again.body]).toEqual([201, { response_status: 200 }])
    const [first, second] = receiver.received
    expect(second?.text).toBe(first?.text)
    expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key'])
    await send('PUT', `${hooks}/${made.id}`, { url: `${receiver.url}/moved` })
    expect((await send('POST', path)).status).toBe(422)
    await send('PUT', `${hooks}/${made.id}`, { url: receiver.url })
    for (let time = 2; time <= 5; time++) expect((await send('POST', path)).status).toBe(201)
    const refused = await send('POST', path)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60'])
  })

  test('the log has what was sent and answered in the last week, by status', async () => {
    await work(app)
    const receiver = await startReceiver(
      (response, _one, at) => void response.writeHead(at === 0 ? 201 : 404).end('ok'),
    )
    const made = await hook(receiver.url, { releases_events: true })
    const path = `${hooks}/${made.id}/events`
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
})
