import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { role as roles } from '../../../src/access/roles.ts'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type World } from '../../support/world.ts'
import { encoded, type RestOptions, rest } from './client.ts'

const app = useApp()

type Sent = RestOptions & { key?: string }

/** Sends a request of the Developer with a key. */
const send = (world: World, method: string, path: string, { key = 'k', headers, ...options }: Sent = {}) =>
  rest(app, method, `/projects/${world.project.id}${path}`, {
    token: world.tokens.developer,
    headers: { 'idempotency-key': key, ...headers },
    ...options,
  })

const publish = (world: World, sent: Sent = {}) =>
  send(world, 'POST', '/releases', { json: { tag_name: 'v2.0.0', ref: 'main', description: 'New.' }, ...sent })

const records = ({ users }: World) => db.idempotencyRecord.count({ where: { userId: users.developer.id } })
const replayed = ({ headers }: { headers: Headers }) => headers.get('idempotency-replayed')

/** All headers except those of a single request. */
const kept = ({ headers }: { headers: Headers }) =>
  [...headers].filter(([name]) => !/^(?:date|x-request-id|ratelimit-.*|idempotency-replayed)$/.test(name))

describe('a REST write that is repeated with the same Idempotency-Key', () => {
  test('a repeated write is made once and answered with the first status, headers and body', async () => {
    const world = await createWorld(app)
    const first = await publish(world)
    expect([first.status, first.body.tag_name, replayed(first)]).toEqual([201, 'v2.0.0', null])
    const second = await publish(world)
    expect([second.status, second.body, replayed(second)]).toEqual([201, first.body, 'true'])
    expect(kept(second)).toEqual(kept(first))
    expect(second.headers.get('access-control-expose-headers')).toContain('idempotency-replayed')
    expect(await db.release.count({ where: { projectId: world.project.id, tag: 'v2.0.0' } })).toBe(1)
  })

  test.each<[string, string, (world: World) => string, RestOptions['json'], number]>([
    ['PUT', 'a changed release', () => '/releases/v1.0.0', { name: 'Second' }, 200],
    ['POST', 'a new link', () => '/releases/v1.0.0/assets/links', { name: 'x', url: 'https://example.com' }, 201],
    ['POST', 'a new milestone', () => '/milestones', { title: 'one' }, 201],
    ['POST', 'a new issue', () => '/issues', { title: 'one' }, 201],
    ['POST', 'collected evidence', () => '/releases/v1.0.0/evidence', undefined, 202],
    ['DELETE', 'a deleted release', () => '/releases/v1.0.0', undefined, 200],
  ])('a repeated %s that answers %s gets the first answer', async (method, _what, path, json, status) => {
    const world = await createWorld(app)
    const options = { json, token: world.tokens.maintainer }
    const answers = [
      await send(world, method, path(world), options),
      await send(world, method, path(world), options),
      await send(world, method, path(world), { ...options, key: 'other' }),
    ]
    expect(answers.slice(0, 2).map((answer) => [answer.status, answer.body, replayed(answer)])).toEqual([
      [status, answers[0]?.body, null],
      [status, answers[0]?.body, 'true'],
    ])
    expect(replayed(answers[2] as (typeof answers)[0])).toBeNull()
  })

  test('a repeated write has no body when the first answer had none', async () => {
    const world = await createWorld(app)
    const name = { json: { name: 'v*' }, token: world.tokens.maintainer, key: 'another' }
    await send(world, 'POST', '/protected_tags', name)
    for (const is of [null, 'true']) {
      const answer = await send(world, 'DELETE', '/protected_tags/v*', { token: world.tokens.maintainer })
      expect([answer.status, answer.body, replayed(answer)]).toEqual([204, null, is])
    }
  })

  test('a repeated write may come as a form, and by the path of the project', async () => {
    const world = await createWorld(app)
    const first = await send(world, 'POST', '/issues', { body: new URLSearchParams({ title: 'x' }) })
    const second = await send(world, 'POST', '/issues', { json: { title: 'x' } })
    expect([first.status, second.status, second.body]).toEqual([201, 201, first.body])
    const byPath = await rest(app, 'POST', `/projects/${encoded(world.project.fullPath)}/issues`, {
      token: world.tokens.developer,
      headers: { 'idempotency-key': 'k' },
      json: { title: 'x' },
    })
    expect(byPath.status).toBe(422)
  })

  test('a repeated write gets the rule that the first one broke, and a refusal is not kept', async () => {
    const world = await createWorld(app)
    const taken = () => publish(world, { json: { tag_name: 'v1.0.0' } })
    const [first, second] = [await taken(), await taken()]
    expect([first.status, second.status, second.body, replayed(second)]).toEqual([409, 409, first.body, 'true'])
    for (const json of [{ ref: 'main' }, { tag_name: 'x', ref: 'main', released_at: 'soon' }]) {
      const wrong = [await publish(world, { json, key: 'wrong' }), await publish(world, { json, key: 'wrong' })]
      expect(wrong.map((answer) => [answer.status, replayed(answer)])).toEqual([
        [400, null],
        [400, null],
      ])
    }
    const guest = () => publish(world, { token: world.tokens.guest })
    expect([(await guest()).status, replayed(await guest())]).toEqual([403, null])
    expect(await records(world)).toBe(1)
  })

  test("a repeated write is made when the first attempt failed on the server's side", async () => {
    const world = await createWorld(app)
    const add = () => send(world, 'POST', '/issues', { json: { title: 'x' } })
    await db.$executeRaw`ALTER TABLE issues RENAME TO issues_gone`
    try {
      expect((await add()).status).toBe(500)
    } finally {
      await db.$executeRaw`ALTER TABLE issues_gone RENAME TO issues`
    }
    const second = await add()
    expect([second.status, replayed(second)]).toEqual([201, null])
  })

  test('a write sent twenty times at once is made once, and the others are told to try again or get its answer', async () => {
    const world = await createWorld(app)
    const answers = await Promise.all(Array.from({ length: 20 }, () => publish(world)))
    expect(answers.filter((answer) => answer.status === 201 && replayed(answer) === null)).toHaveLength(1)
    for (const { status, body, headers } of answers) {
      if (status === 201) expect(body.tag_name).toBe('v2.0.0')
      else expect([status, headers.get('retry-after')]).toEqual([409, '1'])
    }
  })
})

describe('the Idempotency-Key of a REST write', () => {
  test.each<[string, string, string, object]>([
    ['other parameters', 'PUT', '/releases/v1.0.0', { name: 'y' }],
    ['another path', 'PUT', '/releases/v1', { name: 'x' }],
    ['another method', 'DELETE', '/releases/v1.0.0', { name: 'x' }],
  ])('an Idempotency-Key that was used for %s is refused', async (_name, method, path, json) => {
    const world = await createWorld(app)
    const { maintainer: token } = world.tokens
    await send(world, 'PUT', '/releases/v1.0.0', { json: { name: 'x' }, token })
    expect((await send(world, method, path, { json, token })).status).toBe(422)
  })

  test('an Idempotency-Key that was used in GraphQL is refused in REST, and the other way round', async () => {
    const world = await createWorld(app)
    const graphql = (key: string) =>
      fetch(`${app.url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'private-token': world.tokens.developer ?? '',
          'idempotency-key': key,
        },
        body: JSON.stringify({
          query: `mutation { milestoneCreate(input: { projectPath: "${world.project.fullPath}", title: "${key}" }) { errors } }`,
        }),
      })
    expect((await graphql('first in GraphQL')).status).toBe(200)
    expect((await publish(world, { key: 'first in GraphQL' })).status).toBe(422)
    expect((await publish(world, { key: 'first in REST' })).status).toBe(201)
    expect((await graphql('first in REST')).status).toBe(422)
  })

  test('an Idempotency-Key shows no answer to a viewer who has lost a role since', async () => {
    const world = await createWorld(app)
    await send(world, 'POST', '/issues', { json: { title: 'x' } })
    await db.projectMember.updateMany({ where: { userId: world.users.developer.id }, data: { role: roles.guest } })
    const again = await send(world, 'POST', '/issues', { json: { title: 'x' } })
    expect([again.status, again.text]).toEqual([403, expect.stringContaining('You have lost a role since')])
  })

  test('an Idempotency-Key belongs to the token, also when the token comes as a parameter', async () => {
    const world = await createWorld(app)
    const token = world.tokens.developer ?? ''
    const add = (credential: string) =>
      send(world, 'POST', `/issues?private_token=${credential}`, { token: null, json: { title: 'x' } })
    const first = await add(token)
    expect((await add(token)).body).toEqual(first.body)
    const other = await add(await create.tokenFor(world.users.developer))
    expect([other.status, other.body.iid === first.body.iid]).toEqual([201, false])
  })

  test.each(['é', 'x'.repeat(256)])('the Idempotency-Key %j is refused with 400', async (key) => {
    const answer = await publish(await createWorld(app), { key })
    expect([answer.status, answer.body.message]).toEqual([400, expect.stringContaining('1 to 255 printable ASCII')])
  })

  test('an Idempotency-Key needs an account', async () => {
    const world = await createWorld(app)
    const { status, text } = await send(world, 'POST', '/issues', { token: null, json: { title: 'x' } })
    expect([status, text]).toEqual([400, expect.stringContaining('needs an account')])
  })

  test('an Idempotency-Key means nothing to a read, and nothing is kept without a key', async () => {
    const world = await createWorld(app)
    await send(world, 'GET', '/releases')
    await rest(app, 'POST', `/projects/${world.project.id}/issues`, {
      token: world.tokens.developer,
      json: { title: 'x' },
    })
    expect(await records(world)).toBe(0)
  })

  test('an Idempotency-Key stands for an answer that was too long to be kept, and the answer says so', async () => {
    const world = await createWorld(app)
    const url = `https://example.com/${'x'.repeat(1_000)}`
    await db.$executeRaw`ALTER TABLE asset_links DISABLE TRIGGER ALL`
    await db.assetLink.createMany({
      data: Array.from({ length: 5_100 }, (_, at) => ({
        releaseId: world.release.id,
        name: `${at}`,
        url: `${url}${at}`,
      })),
    })
    await db.$executeRaw`ALTER TABLE asset_links ENABLE TRIGGER ALL`
    const key = randomUUID()
    const change = () => send(world, 'PUT', '/releases/v1.0.0', { key, json: { name: 'Long' } })
    const [first, second] = [await change(), await change()]
    expect([first.status, first.text.length > 10_000_000]).toEqual([200, true])
    expect([second.status, second.body.message]).toEqual([409, expect.stringContaining('too long to be kept')])
  })
})
