import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { role as roles } from '../../src/access/roles.ts'
import { db } from '../../src/database/db.ts'
import type { Project } from '../../src/generated/prisma/client.ts'
import { claimKey, freeKey, keepAnswer } from '../../src/idempotency/idempotency-service.ts'
import { useApp } from '../support/app.ts'
import * as create from '../support/factories.ts'

const app = useApp()

type World = { project: Project; userId: number; token: string; tag: string }

/** A project with a release without links, and a developer. */
async function createSmallWorld(): Promise<World> {
  const project = await create.createProject()
  const user = await create.createUser()
  await create.addMember({ project }, user, 'developer')
  const { tag } = await create.createRelease(project)
  return { project, userId: user.id, token: await create.tokenFor(user), tag }
}

const mutation = `mutation ($input: ReleaseAssetLinkCreateInput!) {
  releaseAssetLinkCreate(input: $input) { clientMutationId errors link { id name } }
}`

const addLink = ({ project, tag }: World, input: Record<string, unknown> = {}) => ({
  query: mutation,
  variables: {
    input: { projectPath: project.fullPath, tagName: tag, name: 'a', url: 'https://example.com', ...input },
  },
})

async function send(body: unknown, key: string | null, { token }: { token?: string | null } = {}) {
  const response = await fetch(`${app.url}/api/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token ? { 'private-token': token } : {}),
      ...(key === null ? {} : { 'idempotency-key': key }),
    },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  const answer = JSON.parse(text) as { data?: Record<string, unknown>; errors?: { message: string }[] }
  const replayed = response.headers.get('idempotency-replayed')
  return { status: response.status, headers: response.headers, text, answer, replayed }
}

const links = ({ project }: World) => db.assetLink.count({ where: { release: { projectId: project.id } } })

const age = ({ userId }: { userId: number }, milliseconds: number) =>
  db.idempotencyRecord.updateMany({ where: { userId }, data: { createdAt: new Date(Date.now() - milliseconds) } })

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

describe('a mutation that is repeated with the same Idempotency-Key', () => {
  test('a repeated mutation gets the first answer, byte for byte, and is made once', async () => {
    const world = await createSmallWorld()
    const key = randomUUID()
    const first = await send(addLink(world), key, world)
    expect(first.answer).toMatchObject({ data: { releaseAssetLinkCreate: { errors: [], link: { name: 'a' } } } })
    expect([first.status, first.replayed]).toEqual([200, null])
    const second = await send(addLink(world), key, world)
    expect(second.text).toBe(first.text)
    expect([second.status, second.replayed]).toEqual([200, 'true'])
    expect(second.headers.get('content-type')).toBe(first.headers.get('content-type'))
    expect(await links(world)).toBe(1)
  })

  test('a repeated mutation gets a secret that is stored nowhere in clear text', async () => {
    const user = await create.createUser()
    const token = await create.tokenFor(user)
    const key = randomUUID()
    const input = { name: 'ci', scopes: ['READ_API'] }
    const body = {
      query: 'mutation ($input: AccessTokenCreateInput!) { accessTokenCreate(input: $input) { errors token } }',
      variables: { input },
    }
    const first = await send(body, key, { token })
    const { accessTokenCreate } = first.answer.data as { accessTokenCreate: { token: string } }
    const second = await send(body, key, { token })
    expect([second.text, second.replayed]).toEqual([first.text, 'true'])
    const record = await db.idempotencyRecord.findFirstOrThrow({ where: { userId: user.id } })
    expect(Buffer.from(record.response ?? []).includes(accessTokenCreate.token)).toBe(false)
    for (const secret of [key, token]) expect(JSON.stringify(record)).not.toContain(secret)
  })

  test('a repeated mutation gets the broken rules that the first one met', async () => {
    const world = await createSmallWorld()
    const key = randomUUID()
    const first = await send(addLink(world, { url: 'file:///etc' }), key, world)
    expect(first.text).toContain('is blocked')
    const second = await send(addLink(world, { url: 'file:///etc' }), key, world)
    expect([second.text, second.replayed]).toEqual([first.text, 'true'])
  })

  test('a repeated mutation gets the first answer even when the first connection was lost', async () => {
    const world = await createSmallWorld()
    const key = randomUUID()
    const lost = new AbortController()
    const request = fetch(`${app.url}/graphql`, {
      method: 'POST',
      signal: lost.signal,
      headers: { 'content-type': 'application/json', 'private-token': world.token, 'idempotency-key': key },
      body: JSON.stringify(addLink(world)),
    })
    const where = { userId: world.userId }
    await expect.poll(() => db.idempotencyRecord.count({ where })).toBe(1)
    lost.abort()
    await request.catch(() => undefined)
    await expect.poll(() => db.idempotencyRecord.count({ where: { ...where, response: { not: null } } })).toBe(1)
    const second = await send(addLink(world), key, world)
    expect(second.answer).toMatchObject({ data: { releaseAssetLinkCreate: { errors: [] } } })
    expect([second.replayed, await links(world)]).toEqual(['true', 1])
  })

  test('a repeated mutation is a new one after 24 hours, and removes outdated records', async () => {
    const world = await createSmallWorld()
    const [key, other] = [randomUUID(), randomUUID()]
    await send(addLink(world), key, world)
    await send(addLink(world, { name: 'b', url: 'https://example.com/b' }), other, world)
    await age(world, DAY + 1000)
    const again = await send(addLink(world), key, world)
    expect(again.text).toContain('has already been taken')
    expect(again.replayed).toBeNull()
    expect(await db.idempotencyRecord.count({ where: { userId: world.userId } })).toBe(1)
  })

  test('a mutation sent twenty times at once is made once, and the others are told to try again or get its answer', async () => {
    const world = await createSmallWorld()
    const key = randomUUID()
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(addLink(world), key, world)))
    const first = answers.filter(({ status, replayed }) => status === 200 && replayed === null)
    expect(first).toHaveLength(1)
    for (const { status, text, headers } of answers) {
      if (status === 200) expect(text).toBe(first[0]?.text)
      else
        expect([status, text, headers.get('retry-after')]).toEqual([409, expect.stringContaining('still running'), '1'])
    }
    expect(await links(world)).toBe(1)
  })
})

describe('an Idempotency-Key', () => {
  test('an Idempotency-Key that was used for another request is refused with 422', async () => {
    const world = await createSmallWorld()
    const key = randomUUID()
    await send(addLink(world), key, world)
    const other = await send(addLink(world, { name: 'b' }), key, world)
    expect([other.status, other.answer.errors?.[0]?.message]).toEqual([
      422,
      'This Idempotency-Key was used for another request in the last 24 hours',
    ])
    expect(await links(world)).toBe(1)
  })

  test('an Idempotency-Key belongs to the account, and others may use the same', async () => {
    const [world, other] = [await createSmallWorld(), await createSmallWorld()]
    await send(addLink(world), 'same', world)
    expect((await send(addLink(other), 'same', other)).replayed).toBeNull()
    expect([await links(world), await links(other)]).toEqual([1, 1])
  })

  test('an Idempotency-Key belongs to the token, and another token of the account is shown no answer to it', async () => {
    const world = await createSmallWorld()
    await send(addLink(world), 'k', world)
    const user = await db.user.findUniqueOrThrow({ where: { id: world.userId } })
    const reading = await send(addLink(world), 'k', { token: await create.tokenFor(user, ['read_api']) })
    expect(reading.text).toContain('This token may only read')
    const writing = await send(addLink(world), 'k', { token: await create.tokenFor(user) })
    expect([writing.text, writing.replayed]).toEqual([expect.stringContaining('has already been taken'), null])
  })

  test('an Idempotency-Key shows no answer to a viewer who has lost a role since, and shows it again when the role is back', async () => {
    const world = await createSmallWorld()
    const first = await send(addLink(world), 'k', world)
    const setRole = (role: number) => db.projectMember.updateMany({ where: { userId: world.userId }, data: { role } })
    await setRole(roles.guest)
    const { status, answer } = await send(addLink(world), 'k', world)
    expect([status, answer]).toEqual([
      403,
      { errors: [expect.objectContaining({ message: expect.stringContaining('You have lost a role since') })] },
    ])
    await setRole(roles.maintainer)
    expect((await send(addLink(world), 'k', world)).text).toBe(first.text)
  })

  test.each(['', 'é', 'x'.repeat(256)])('the Idempotency-Key %j is refused with 400', async (key) => {
    const world = await createSmallWorld()
    const { status, text } = await send(addLink(world), key, world)
    expect([status, text]).toEqual([400, expect.stringContaining('1 to 255 printable ASCII characters')])
  })

  test('an Idempotency-Key needs an account', async () => {
    const { status, text } = await send(addLink(await createSmallWorld()), 'k')
    expect([status, text]).toEqual([400, expect.stringContaining('needs an account')])
  })

  test('an Idempotency-Key with a batch is refused', async () => {
    const world = await createSmallWorld()
    const { status, text } = await send([addLink(world), { query: '{ __typename }' }], 'k', world)
    expect([status, text]).toEqual([400, expect.stringContaining('batch')])
    expect(await links(world)).toBe(0)
  })

  test('an Idempotency-Key means nothing to a query', async () => {
    const world = await createSmallWorld()
    for (const _ of [1, 2]) {
      const { answer, replayed } = await send({ query: '{ __typename }' }, 'k', world)
      expect([answer, replayed]).toEqual([{ data: { __typename: 'Query' } }, null])
    }
    expect(await db.idempotencyRecord.count({ where: { userId: world.userId } })).toBe(0)
  })

  test('an Idempotency-Key means nothing to a text that cannot be parsed', async () => {
    expect((await send({ query: 'mutation {' }, 'k', await createSmallWorld())).text).toContain('Syntax Error')
  })
})

describe('an attempt that wrote nothing', () => {
  test.each<[string, (world: World) => unknown]>([
    [
      'was refused by the rules of access',
      (world) => addLink({ ...world, project: { ...world.project, fullPath: 'no' } }),
    ],
    ['does not fit the schema', () => ({ query: 'mutation { nonsense }' })],
    ['lacks a variable', () => ({ query: mutation })],
  ])('an attempt that wrote nothing because it %s is not kept', async (_name, body) => {
    const world = await createSmallWorld()
    const attempts = [await send(body(world), 'k', world), await send(body(world), 'k', world)]
    for (const { answer, replayed } of attempts) expect([answer.errors?.length, replayed]).toEqual([1, null])
    expect((await send(addLink(world), 'k', world)).answer).toMatchObject({
      data: { releaseAssetLinkCreate: { errors: [] } },
    })
  })

  test('an attempt that failed because of the server is not kept', async () => {
    const world = await createSmallWorld()
    await db.$executeRaw`ALTER TABLE asset_links RENAME TO asset_links_gone`
    try {
      expect((await send(addLink(world), 'k', world)).text).toContain('Internal server error')
    } finally {
      await db.$executeRaw`ALTER TABLE asset_links_gone RENAME TO asset_links`
    }
    expect((await send(addLink(world), 'k', world)).replayed).toBeNull()
    expect(await links(world)).toBe(1)
  })

  test('an attempt is kept when another mutation of the same request wrote something', async () => {
    const world = await createSmallWorld()
    const both = `mutation ($input: ReleaseAssetLinkCreateInput!, $hidden: ReleaseAssetLinkCreateInput!) {
      made: releaseAssetLinkCreate(input: $input) { errors }
      refused: releaseAssetLinkCreate(input: $hidden) { errors }
    }`
    const { input } = addLink(world).variables
    const body = { query: both, variables: { input, hidden: { ...input, projectPath: 'no/such' } } }
    const first = await send(body, 'k', world)
    expect(first.answer).toMatchObject({ data: { made: { errors: [] }, refused: null }, errors: [{}] })
    const second = await send(body, 'k', world)
    expect([second.text, second.replayed, await links(world)]).toEqual([first.text, 'true', 1])
  })
})

describe('after a crash', () => {
  test('the key is free for the same request a minute after a crash, and the rules then answer', async () => {
    const world = await createSmallWorld()
    await send(addLink(world), 'k', world)
    await db.idempotencyRecord.updateMany({ where: { userId: world.userId }, data: { response: null } })
    expect((await send(addLink(world), 'k', world)).status).toBe(409)
    await age(world, MINUTE + 1000)
    expect((await send(addLink(world, { name: 'b' }), 'k', world)).status).toBe(422)
    const retry = await send(addLink(world), 'k', world)
    expect(retry.text).toContain('has already been taken')
    expect((await send(addLink(world), 'k', world)).text).toBe(retry.text)
  })

  test('a server that comes back late cannot answer for the server that took over', async () => {
    const { userId, token } = await createSmallWorld()
    const request = { userId, token, key: 'late', digest: 'd', standing: {} }
    const late = await claimKey(request)
    await age({ userId }, 2 * MINUTE)
    const next = await claimKey(request)
    if (late.outcome !== 'claimed' || next.outcome !== 'claimed') throw new Error('not claimed')
    await keepAnswer(late.claim, 'old')
    await freeKey(late.claim)
    await keepAnswer(next.claim, 'new')
    expect(await claimKey(request)).toEqual({ outcome: 'answered', response: 'new' })
  })
})
