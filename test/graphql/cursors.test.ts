import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { getNamedType, isEnumType, isObjectType } from 'graphql'
import { beforeAll, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { runGit } from '../../src/git/git.ts'
import { schema } from '../../src/schema.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { mutate } from '../support/mutate.ts'
import { createWorld, type World } from '../support/world.ts'

const app = useApp()

let world: World
beforeAll(async () => {
  world = await createWorld(app)
  const { project, group, tokens, users, release } = world
  await create.addMember({ group }, users.owner, 'owner')
  await create.createMilestone({ groupId: group.id }, { dueDate: new Date('2027-01-01') })
  await db.environment.create({ data: { projectId: project.id, name: 'production' } })
  await create.createGroup({ parentId: group.id })
  const { fullPath: projectPath } = project
  const freeze = { projectPath, freezeStart: '0 23 * * 5', freezeEnd: '0 7 * * 1' }
  expect(await mutate(app, tokens.owner, 'freezePeriodCreate', freeze)).toEqual([])
  const tag = { projectPath, name: 'v*', allowedToCreate: [{ accessLevel: 30 }] }
  expect(await mutate(app, tokens.owner, 'protectedTagCreate', tag)).toEqual([])
  expect(await mutate(app, tokens.owner, 'groupUpdate', { groupPath: group.fullPath, description: 'x' })).toEqual([])
  await db.release.update({ where: { id: release.id }, data: { linksCount: 2 } })
  const sha = (await runGit(app.repositories.directory(project.id), ['rev-parse', 'v1.0.0~1'])).trim()
  await create.createRelease(project, { tag: 'v0.1.0', sha })
  expect(await mutate(app, tokens.owner, 'releaseCreate', { projectPath, tagName: 'v9.0.0', draft: true })).toEqual([])
  const session = { digest: randomBytes(32), idleSeconds: 600, endsAt: new Date('2100-01-01') }
  await db.session.create({ data: { userId: users.owner.id, ...session } })
  const hook = { url: 'https://hooks.example.com', host: 'hooks.example.com', events: ['releases_events'] }
  await db.webhook.create({ data: { ...hook, groupId: group.id } })
  const { id: webhookId } = await db.webhook.create({ data: { ...hook, projectId: project.id } })
  const event = { projectId: project.id, trigger: 'releases_events', source: {}, cause: 'test', body: '{}' }
  await db.webhookDelivery.create({
    data: { webhook: { connect: { id: webhookId } }, event: { create: event }, url: hook.url },
  })
})

const connections = Object.values(schema.getTypeMap())
  .filter(isObjectType)
  .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type: type.name, field })))
  .filter(({ field }) => field.args.some(({ name }) => name === 'after'))

/** Each connection with each value of its arguments that sort. */
const cases = connections.flatMap(({ type, field }) => {
  const sorts = field.args.flatMap((arg) => {
    const values = getNamedType(arg.type)
    const isSort = /sort/i.test(arg.name) && isEnumType(values)
    return isSort ? values.getValues().map(({ name }) => `${arg.name}: ${name}`) : []
  })
  return (sorts.length > 0 ? sorts : ['']).map((sort) => ({
    place: `${type}.${field.name}`,
    name: field.name,
    type,
    sort,
  }))
})

const ofProject = ({ project }: World) => `project(fullPath: "${project.fullPath}")`
const ofRelease = (selection: string) => `{ ${ofProject(world)} { release(tagName: "v1.0.0") { ${selection} } } }`

/** Where to find an object of each type that has connections. */
const places: Record<string, (selection: string) => string> = {
  Query: (selection) => `{ ${selection} }`,
  Project: (selection) => `{ ${ofProject(world)} { ${selection} } }`,
  Repository: (selection) => `{ ${ofProject(world)} { repository { ${selection} } } }`,
  Group: (selection) => `{ group(fullPath: "${world.group.fullPath}") { ${selection} } }`,
  Release: ofRelease,
  ReleaseComparison: (selection) => ofRelease(`compare { ${selection} }`),
  ReleaseAssets: (selection) => ofRelease(`assets { ${selection} }`),
  Milestone: (selection) => ofRelease(`milestones { nodes { ${selection} } }`),
  ProtectedTag: (selection) => `{ ${ofProject(world)} { protectedTags { nodes { ${selection} } } } }`,
  Webhook: (selection) => `{ ${ofProject(world)} { webhooks { nodes { ${selection} } } } }`,
  CurrentUser: (selection) => `{ currentUser { ${selection} } }`,
}

const ask = (type: string, selection: string) =>
  query<unknown, never>(app, places[type]?.(selection) ?? '', {}, { token: world.tokens.owner })

/** The cursor is a variable, because it may be longer than a query. */
const askWith = (cursor: string, type: string, selection: string) =>
  query<unknown, { cursor: string }>(
    app,
    `query ($cursor: String) ${places[type]?.(selection)}`,
    { cursor },
    { token: world.tokens.owner },
  )

const encode = (value: unknown) => Buffer.from(JSON.stringify(value) ?? '').toString('base64url')
const decode = (cursor: string): unknown[] => JSON.parse(Buffer.from(cursor, 'base64url').toString())

/** A cursor that the connection itself gives. */
async function cursorOf({ type, name, sort }: (typeof cases)[number]): Promise<string> {
  const { data, errors } = await ask(type, `${name}(first: 1 ${sort}) { edges { cursor } }`)
  expect(errors).toBeUndefined()
  return /"cursor":"([^"]+)"/.exec(JSON.stringify(data))?.[1] ?? ''
}

const extremes = [8.64e15, -8.64e15, 2 ** 31, -(2 ** 31), 2 ** 31 - 1, 2 ** 53, 1e300, -1, 0, 1.5, 253402300800000]
const strings = [
  '',
  '\0',
  '\ud800',
  'infinity',
  '-infinity',
  '0000-01-01',
  '9999-12-31',
  '2026-02-30',
  'x'.repeat(5000),
  "'",
]
const value = fc.oneof(
  fc.constantFrom<unknown>(...extremes, ...strings, null, true, [], {}),
  fc.jsonValue(),
  fc.maxSafeInteger(),
)

/** What a client could make of a cursor: one value replaced, values added or left out, or anything at all. */
const spoilt = (cursor: readonly unknown[]) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.tuple(fc.nat(cursor.length - 1), value).map(([at, other]) => cursor.with(at, other)) },
    fc.array(value, { maxLength: 3 }).map((more) => [...cursor, ...more]),
    fc.nat(cursor.length).map((length) => cursor.slice(0, length)),
    fc.array(value, { minLength: cursor.length - 1, maxLength: cursor.length - 1 }).map((all) => [cursor[0], ...all]),
    fc.jsonValue(),
  )

test('the list of cases has every type that has a connection', () => {
  expect(connections.map(({ type }) => type).filter((type) => !places[type])).toEqual([])
})

test.each(cases)(
  '$place ($sort) takes its own cursors, and names the argument of any that it cannot take',
  async (one) => {
    const own = await cursorOf(one)
    expect(own).not.toBe('')
    const send = (argument: string, cursor: string) =>
      askWith(cursor, one.type, `${one.name}(first: 2 ${one.sort} ${argument}: $cursor) { edges { cursor } }`)
    for (const argument of ['after', 'before']) expect((await send(argument, own)).errors).toBeUndefined()
    await fc.assert(
      fc.asyncProperty(spoilt(decode(own)), fc.constantFrom('after', 'before'), async (cursor, argument) => {
        const { errors = [] } = await send(argument, encode(cursor))
        for (const { message, extensions } of errors) {
          expect(extensions?.code).toBe('INVALID')
          expect(message).toContain(`"${argument}"`)
        }
      }),
      { numRuns: 25, examples: [[[decode(own)[0], ...Array(4).fill('x'.repeat(5000))], 'after']] },
    )
  },
)

test.each([8640000000000000, -62135596800001, 253402300800000, 1e300, '2026-01-01', null, true, [1], { a: 1 }])(
  'a cursor whose time is %j is refused',
  async (time) => {
    const { errors } = await ask('Project', `releases(before: "${encode(['RELEASED_AT_DESC', time, 1])}") { count }`)
    expect(errors).toMatchObject([
      {
        message: expect.stringContaining('Please provide a valid cursor in "before"'),
        extensions: { code: 'INVALID' },
      },
    ])
  },
)

test.each(cases)('$place ($sort) begins at its end for an empty cursor, as it does without a cursor', async (one) => {
  const FIELDS =
    '{ nodes { __typename } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }'
  const send = async (page: string) => {
    const { data, errors } = await ask(one.type, `${one.name}(${page} ${one.sort}) ${FIELDS}`)
    expect(errors).toBeUndefined()
    return data
  }
  expect(await send('first: 1, after: ""')).toEqual(await send('first: 1'))
  expect(await send('first: 1, after: "", before: ""')).toEqual(await send('first: 1'))
  expect(await send('last: 1, before: ""')).toEqual(await send('last: 1'))
})
