import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { queueDeliveries } from '../../src/modules/webhooks/queue-deliveries.ts'
import { type Choose, type Entry, randomQuery } from '../graphql/random-query.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { fuzzTimeout, runs } from '../support/fuzz.ts'
import { createRepository } from '../support/git.ts'
import { createWorld, type ViewerName, viewers, type World } from '../support/world.ts'
import { rest } from './rest/client.ts'

const app = useApp()

/** In everything of a webhook that its keepers are shown. */
const marks = { project: 'pqxhook', group: 'gqxhook' } as const
/** In everything of a webhook that nobody is shown. */
const SECRET = 'sqxsecret'

type Kind = keyof typeof marks
type Ids = { hook: number; delivery: number }

/** A webhook with one delivery, both full of marks. */
async function createHook(kind: Kind, world: World): Promise<Ids> {
  const mark = marks[kind]
  const owner = kind === 'project' ? { projectId: world.project.id } : { groupId: world.group.id }
  const marked = { name: mark, description: mark, template: `{"a":"${mark}"}`, branchFilter: `${mark}-*` }
  const secrets = {
    ...{ token: SECRET, signingToken: `whsec_${SECRET}`, userInfo: `anna:${SECRET}` },
    formerSigningToken: { token: `whsec_${SECRET}old`, until: '2099-01-01T00:00:00.000Z' },
    ...{ headers: { [`X-${mark}`]: SECRET }, variables: { [mark]: SECRET } },
  }
  const data = { ...owner, ...marked, url: `https://192.0.2.1/${mark}/{${mark}}`, host: '192.0.2.1', secrets }
  const { id: hook } = await db.webhook.create({ data: { ...data, events: ['releases_events'] } })
  const body = JSON.stringify({ object_kind: 'release', tag: mark })
  const event = { ...owner, trigger: 'releases_events', source: {}, cause: mark, body }
  const { id: eventId } = await db.webhookEvent.create({ data: event })
  const sent = { url: data.url, requestHeaders: { 'X-Tenant': mark }, requestBody: `{"a":"${mark}"}` }
  const answered = { responseStatus: 200, responseHeaders: { 'x-answer': mark }, responseBody: mark, error: mark }
  const made = { webhookId: hook, eventId, attempts: 1, attemptedAt: new Date(), ...sent, ...answered }
  return { hook, delivery: (await db.webhookDelivery.create({ data: made })).id }
}

let world: World
let open: World
const ids = {} as Record<Kind, Ids>
beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'private' } })
  open = await createWorld(app, { project: { visibility: 'public' } })
  for (const { group, users } of [world, open]) {
    await create.addMember({ group }, users.owner, 'owner')
    await create.addMember({ group }, users.maintainer, 'maintainer')
  }
  for (const kind of ['project', 'group'] as const) {
    ids[kind] = await createHook(kind, world)
    await createHook(kind, open)
  }
})

const keeps = (kind: Kind, viewer: ViewerName) => viewer === 'owner' || (kind === 'project' && viewer === 'maintainer')

describe.each(viewers)('to %s', (viewer) => {
  const send = (method: string, path: string, json?: unknown) =>
    rest(app, method, path, { token: world.tokens[viewer], json })

  test.each(['project', 'group'] as const)(
    'REST tells of webhooks of a %s only if the role allows it',
    async (kind) => {
      const { hook, delivery } = ids[kind]
      const all = `/${kind}s/${world[kind].id}/hooks`
      const reads = [
        all,
        `${all}?per_page=1`,
        `${all}/${hook}`,
        `${all}/${hook}/events`,
        `${all}/${hook}/events?status=200`,
      ]
      const answers = await Promise.all(reads.map((path) => send('GET', path)))
      for (const { text, headers } of answers) {
        const told = text + JSON.stringify([...headers])
        expect(told).not.toContain(SECRET)
        expect(told.includes(marks[kind])).toBe(keeps(kind, viewer))
      }
      if (keeps(kind, viewer)) return
      const missing = 999_999
      const alike = [
        ['GET', '', undefined],
        ['PUT', '', { name: 'x' }],
        ['DELETE', '', undefined],
        ['GET', '/events', undefined],
        ['PUT', `/custom_headers/X-${marks[kind]}`, { value: 'x' }],
        ['DELETE', `/url_variables/${marks[kind]}`, undefined],
        ['POST', '/test/releases_events', undefined],
        ['POST', `/events/${delivery}/resend`, undefined],
      ] as const
      for (const [method, below, json] of alike) {
        const [there, none] = [
          await send(method, `${all}/${hook}${below}`, json),
          await send(method, `${all}/${missing}${below}`, json),
        ]
        expect([method, below, there.status, there.body]).toEqual([method, below, none.status, none.body])
      }
    },
  )

  test('mutations answer alike for a webhook that the viewer may not change and for a missing one', async () => {
    const change = async (text: string, id: string) => {
      const { data, errors } = await query(app, text, { id }, { token: world.tokens[viewer] })
      return { data, errors: errors?.map(({ message, extensions }) => [message, extensions?.code]) }
    }
    const mutations = [
      [
        'Webhook',
        'mutation ($id: WebhookID!) { webhookUpdate(input: { id: $id, name: "x" }) { errors webhook { url } } }',
      ],
      ['Webhook', 'mutation ($id: WebhookID!) { webhookTest(input: { id: $id, event: RELEASES }) { errors } }'],
      ['Webhook', 'mutation ($id: WebhookID!) { webhookDelete(input: { id: $id }) { errors webhook { name } } }'],
      ['WebhookDelivery', 'mutation ($id: WebhookDeliveryID!) { webhookResend(input: { id: $id }) { errors } }'],
    ] as const
    for (const kind of ['project', 'group'] as const) {
      if (keeps(kind, viewer)) continue
      for (const [type, text] of mutations) {
        const number = type === 'Webhook' ? ids[kind].hook : ids[kind].delivery
        const [there, none] = [number, 999_999].map((id) => change(text, `gid://gitlab/${type}/${id}`))
        expect(await there).toEqual(await none)
        expect(JSON.stringify(await there)).not.toContain(marks[kind])
      }
    }
  })
})

const chooser = (choices: readonly number[]): Choose => {
  let at = 0
  return () => choices[at++ % choices.length] ?? 0
}

test(
  'no query tells of webhooks whoever may not read them, and none tells a secret',
  async () => {
    const choices = fc.array(fc.nat(1000), { minLength: 100, maxLength: 100 })
    const seen = { keepers: 0, others: 0 }
    const kinds = fc.constantFrom('project' as const, 'group' as const)
    const property = async (place: World, kind: Kind, viewer: ViewerName, numbers: number[], isBelow: boolean) => {
      const args = { fullPath: place[kind].fullPath }
      const entry: Entry = isBelow
        ? { type: 'WebhookConnection', field: kind, args, through: 'webhooks(first: 5)' }
        : { type: kind === 'project' ? 'Project' : 'Group', field: kind, args }
      const asked = randomQuery(entry, chooser(numbers), { fullPath: args.fullPath, first: 5 })
      const answer = await query(app, asked.query, asked.variables, { token: place.tokens[viewer] })
      const text = JSON.stringify(answer)
      expect(text, asked.query).not.toContain(SECRET)
      expect(text, asked.query).not.toContain('INTERNAL_SERVER_ERROR')
      for (const of of ['project', 'group'] as const) {
        if (!keeps(of, viewer)) expect(text, asked.query).not.toContain(marks[of])
      }
      if (keeps(kind, viewer)) seen.keepers += text.includes(marks[kind]) ? 1 : 0
      else seen.others += answer.errors ? 0 : 1
    }
    const places = fc.constantFrom(world, open)
    const isBelow = fc.constantFrom(true, true, true, false)
    await fc.assert(fc.asyncProperty(places, kinds, fc.constantFrom(...viewers), choices, isBelow, property), {
      ...runs(400),
      endOnFailure: true,
    })
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(3)
  },
  fuzzTimeout,
)

test('an event reaches the webhooks of its project and of the groups above, and no other', async () => {
  const group = (path: string, parentId: number | null = null) => create.createGroup({ path, name: path, parentId })
  const top = await group('hq-top')
  const [left, right] = [await group('hq-left', top.id), await group('hq-right', top.id)]
  const below = await group('hq-below', left.id)
  const groups = { top, left, right, below }
  const projects = {
    ofTop: await create.createProject({ path: 'p1', groupId: top.id }),
    ofLeft: await create.createProject({ path: 'p2', groupId: left.id }),
    ofRight: await create.createProject({ path: 'p3', groupId: right.id }),
    ofBelow: await create.createProject({ path: 'p4', groupId: below.id }),
  }
  for (const { id } of Object.values(projects)) await createRepository(app.repositories.directory(id))
  const hook = (name: string, owner: { projectId: number } | { groupId: number }) =>
    db.webhook.create({
      data: { ...owner, name, url: 'https://192.0.2.1/', host: '192.0.2.1', events: ['milestone_events'] },
    })
  for (const [name, { id }] of Object.entries(groups)) await hook(name, { groupId: id })
  for (const [name, { id }] of Object.entries(projects)) await hook(name, { projectId: id })
  const administrator = await create.tokenFor(await create.createUser({ admin: true }))
  const happen = async (kind: Kind, id: number) => {
    const sent = { token: administrator, json: { title: 'Winter' } }
    expect((await rest(app, 'POST', `/${kind}s/${id}/milestones`, sent)).status).toBe(201)
    const event = await db.webhookEvent.findFirstOrThrow({ orderBy: { id: 'desc' } })
    const parts = { baseUrl: app.url, directory: app.repositories.directory, signal: new AbortController().signal }
    await queueDeliveries(event, parts)
    const deliveries = await db.webhookDelivery.findMany({ where: { eventId: event.id }, include: { webhook: true } })
    return deliveries.map(({ webhook }) => webhook.name).sort()
  }
  expect(await happen('project', projects.ofTop.id)).toEqual(['ofTop', 'top'])
  expect(await happen('project', projects.ofLeft.id)).toEqual(['left', 'ofLeft', 'top'])
  expect(await happen('project', projects.ofRight.id)).toEqual(['ofRight', 'right', 'top'])
  expect(await happen('project', projects.ofBelow.id)).toEqual(['below', 'left', 'ofBelow', 'top'])
  expect(await happen('group', left.id)).toEqual(['left', 'top'])
})
