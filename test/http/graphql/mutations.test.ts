// A mutation of one field takes the short path of plain queries, and Yoga answers all others. The answers do not differ.
import { expect, onTestFinished, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import { createWorld, type World } from '../../support/world.ts'

const app = useApp()

const CREATE = `mutation create($input: ReleaseCreateInput!) {
  releaseCreate(input: $input) { clientMutationId errors release { tagName name assets { links { nodes { name linkType } } } } }
}`
const TAGS = ['v2.0.0', 'v2.0.1']

const inputOf = ({ project }: World, tagName: string, more: Record<string, unknown> = {}) => ({
  ...{ projectPath: project.fullPath, tagName, name: 'A name', clientMutationId: 'mine' },
  ...{ assets: { links: [{ name: 'linux', url: 'https://example.com/linux' }] }, ...more },
})

async function post(body: unknown, token: string | null, headers: Record<string, string> = {}) {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { 'private-token': token } : {}), ...headers },
    body: JSON.stringify(body),
  })
  return { status: response.status, type: response.headers.get('content-type'), body: await response.json() }
}

/** The answers to the same request by the short path and by Yoga, which answers batches. */
async function bothWays(token: string | null, [one, other]: [Record<string, unknown>, Record<string, unknown>]) {
  const short = await post({ query: CREATE, variables: one }, token)
  const long = await post([{ query: CREATE, variables: other }], token)
  return [short, { ...long, body: (long.body as unknown[])[0] }] as const
}

const alike = (world: World, more: Record<string, unknown>): [Record<string, unknown>, Record<string, unknown>] => [
  { input: inputOf(world, 'v1.0.0', more) },
  { input: inputOf(world, 'v1.0.0', more) },
]

const worldWithTags = () => createWorld(app, { repository: { tags: ['v1.0.0', ...TAGS] } })

/** Leaves out the request ID of a masked error, which differs in each answer. */
const withoutRequestId = (answer: unknown) =>
  JSON.parse(JSON.stringify(answer).replace(/"requestId":"[^"]+"/, '"requestId":""')) as unknown

test('a creation gets the same answer compiled and interpreted', async () => {
  const world = await worldWithTags()
  const [short, long] = await bothWays(world.tokens.developer, [
    { input: inputOf(world, 'v2.0.0') },
    { input: inputOf(world, 'v2.0.1') },
  ])
  expect(short).toEqual(JSON.parse(JSON.stringify(long).replaceAll('v2.0.1', 'v2.0.0')))
  expect(short).toMatchObject({
    status: 200,
    body: { data: { releaseCreate: { clientMutationId: 'mine', errors: [], release: { tagName: 'v2.0.0' } } } },
  })
})

test.each<[string, 'developer' | 'guest' | 'anonymous', (world: World) => Record<string, unknown>]>([
  ['a broken rule', 'developer', () => ({})],
  ['a missing role', 'guest', () => ({})],
  ['a missing account', 'anonymous', () => ({})],
  ['a variable of the wrong type', 'developer', () => ({ name: 5 })],
  ['a field that no input has', 'developer', () => ({ nonsense: 1 })],
  ['a wrong time', 'developer', () => ({ releasedAt: 'soon' })],
  ['a missing project', 'developer', () => ({ projectPath: 'no/where' })],
])('%s gets the same answer compiled and interpreted', async (_name, role, more) => {
  const world = await worldWithTags()
  const [short, long] = await bothWays(world.tokens[role], alike(world, more(world)))
  expect(short).toEqual(long)
  expect(JSON.stringify(short.body)).toContain('"errors":[')
})

test('a failure is masked the same way compiled and interpreted, logged with its request ID, and the mutation is not tried again', async () => {
  const world = await worldWithTags()
  await db.$executeRaw`CREATE SEQUENCE tries`
  await db.$executeRaw`
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM nextval('tries'); RAISE EXCEPTION 'the disk is full'; END $$`
  await db.$executeRaw`CREATE TRIGGER refuse BEFORE INSERT ON releases EXECUTE FUNCTION refuse()`
  onTestFinished(async () => void (await db.$executeRaw`DROP FUNCTION refuse CASCADE`))
  const [short, long] = await bothWays(world.tokens.developer, [
    { input: inputOf(world, 'v2.0.0') },
    { input: inputOf(world, 'v2.0.0') },
  ])
  expect(withoutRequestId(short)).toEqual(withoutRequestId(long))
  const { errors } = short.body as { errors: { message: string; extensions: { requestId: string } }[] }
  expect(errors[0]?.message).toBe('Internal server error')
  const line = app.logged().find(({ requestId, err }) => requestId === errors[0]?.extensions.requestId && err)
  expect(JSON.stringify(line)).toContain('the disk is full')
  expect(await db.$queryRaw`SELECT last_value::int FROM tries`).toEqual([{ last_value: 2 }])
})

test('a GET cannot write', async () => {
  const { project, tokens } = await worldWithTags()
  const variables = JSON.stringify({ input: { projectPath: project.fullPath, tagName: 'v2.0.0' } })
  const url = `${app.url}/graphql?${new URLSearchParams({ query: CREATE, variables })}`
  const response = await fetch(url, { headers: { 'private-token': tokens.developer ?? '' } })
  expect(response.status).toBe(405)
  expect(await db.release.count({ where: { projectId: project.id } })).toBe(1)
})

test('a compiled mutation honours an Idempotency-Key', async () => {
  const { project, tokens } = await worldWithTags()
  const body = { query: CREATE, variables: { input: { projectPath: project.fullPath, tagName: 'v2.0.0' } } }
  const headers = { 'idempotency-key': 'once' }
  const [first, second] = [await post(body, tokens.developer, headers), await post(body, tokens.developer, headers)]
  expect(second.body).toEqual(first.body)
  expect(first.body).toMatchObject({ data: { releaseCreate: { errors: [] } } })
})

test('a mutation with two fields runs them in order, so that the second sees what the first did', async () => {
  const { project, tokens } = await worldWithTags()
  const input = `{ projectPath: "${project.fullPath}", tagName: "v2.0.0" }`
  const { body } = await post(
    { query: `mutation { a: releaseCreate(input: ${input}) { errors } b: releaseCreate(input: ${input}) { errors } }` },
    tokens.developer,
  )
  expect(body).toEqual({ data: { a: { errors: [] }, b: { errors: ['Release already exists'] } } })
})

test('a variable that is absent inside an object leaves the field as it is, and a variable with a default has that value', async () => {
  const { project, release, tokens } = await worldWithTags()
  const update = `mutation ($path: ID!, $name: String, $notes: String, $at: Time = "2031-02-03T04:05:06Z") { releaseUpdate(input: {
    projectPath: $path, tagName: "v1.0.0", name: $name, description: $notes, releasedAt: $at }) { errors } }`
  // The server might compile a text that comes again.
  for (let time = 0; time < 3; time += 1) {
    const { body } = await post({ query: update, variables: { path: project.fullPath, name: 'New' } }, tokens.developer)
    expect(body).toEqual({ data: { releaseUpdate: { errors: [] } } })
  }
  const { name, description, releasedAt } = await db.release.findUniqueOrThrow({ where: { id: release.id } })
  expect([name, description]).toEqual(['New', release.description])
  expect(releasedAt).toEqual(new Date('2031-02-03T04:05:06Z'))
})

test('a default of the whole input counts', async () => {
  const { project, tokens } = await worldWithTags()
  const input = `{ projectPath: "${project.fullPath}", tagName: "v2.0.0", releasedAt: "2020-01-02" }`
  const query = `mutation ($input: ReleaseCreateInput! = ${input}) { releaseCreate(input: $input) { errors release { releasedAt } } }`
  const { body } = await post({ query }, tokens.developer)
  expect(body).toEqual({ data: { releaseCreate: { errors: [], release: { releasedAt: '2020-01-02T00:00:00Z' } } } })
})

test('a mutation whose answer fails after it was written is written once and gets the same error', async () => {
  const world = await worldWithTags()
  const { projectId } = world.release
  await db.milestone.createMany({ data: TAGS.map((title, n) => ({ projectId, iid: 100 + n, title })) })
  await db.$executeRaw`ALTER TABLE milestones ALTER COLUMN title DROP NOT NULL`
  await db.$executeRaw`
    CREATE FUNCTION lose_title() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN UPDATE milestones SET title = NULL WHERE id = NEW.milestone_id; RETURN NULL; END $$`
  await db.$executeRaw`
    CREATE TRIGGER lose_title AFTER INSERT ON milestone_releases FOR EACH ROW EXECUTE FUNCTION lose_title()`
  onTestFinished(async () => void (await db.$executeRaw`DROP FUNCTION lose_title CASCADE`))
  const query = CREATE.replace('tagName name', 'milestones { nodes { title } }')
  const ask = (tag: string) => ({ query, variables: { input: inputOf(world, tag, { milestones: [tag] }) } })
  const short = await post(ask('v2.0.0'), world.tokens.developer)
  const long = await post([ask('v2.0.1')], world.tokens.developer)
  expect(withoutRequestId(short.body)).toEqual(withoutRequestId((long.body as unknown[])[0]))
  expect(short.body).toMatchObject({ errors: [{ message: 'Internal server error' }] })
  expect(await db.release.count({ where: { projectId } })).toBe(3)
  expect(await db.auditEvent.count({ where: { projectId } })).toBe(2)
})
