import { beforeAll, describe, expect, test } from 'vitest'
import { useApp } from '../../support/app.ts'
import { createWorld, type World } from '../../support/world.ts'

const app = useApp()

let world: World

beforeAll(async () => {
  world = await createWorld(app, { repository: { tags: ['v1.0.0'] } })
})

const RESPONSE = 'application/graphql-response+json'

type Sent = { query: string; variables: Record<string, unknown> }

async function send(body: Sent | Sent[], accept = RESPONSE) {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { accept, 'content-type': 'application/json', 'private-token': world.tokens.owner ?? '' },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  return { status: response.status, type: response.headers.get('content-type'), text, body: JSON.parse(text) }
}

const RELEASES = 'query ($path: ID!, $first: Int) { project(fullPath: $path) { releases(first: $first) { count } } }'
const SORTED = 'query ($path: ID!, $sort: ReleaseSort) { project(fullPath: $path) { releases(sort: $sort) { count } } }'
const CREATE = 'mutation ($input: ReleaseCreateInput!) { releaseCreate(input: $input) { errors } }'
const BY_ID = 'query ($id: ReleaseID!) { release(id: $id) { name } }'
/** A variable inside an object, which the compiler does not check by itself. */
const INSIDE = 'mutation ($tag: String!) { releaseCreate(input: {projectPath: "a/b", tagName: $tag}) { errors } }'

const input = (more: object) => ({ input: { projectPath: 'a/b', tagName: 'v1', ...more } })

const wrong: [string, string, Sent][] = [
  ['a text for a number', '$first', { query: RELEASES, variables: { path: 'a/b', first: 'ten' } }],
  ['a fraction for a whole number', '$first', { query: RELEASES, variables: { path: 'a/b', first: 1.5 } }],
  ['nothing where it is required', '$path', { query: RELEASES, variables: { first: 1 } }],
  ['null where it is required', '$path', { query: RELEASES, variables: { path: null } }],
  ['an unknown value', '$sort', { query: SORTED, variables: { path: 'a/b', sort: 'BY_MOON' } }],
  ['an ID of another kind', '$id', { query: BY_ID, variables: { id: 'gid://gitlab/Milestone/1' } }],
  ['a number for a text', '$input.name', { query: CREATE, variables: input({ name: 7 }) }],
  [
    'a number in a list of texts',
    '$input.milestones[2]',
    { query: CREATE, variables: input({ milestones: ['a', 'b', 3] }) },
  ],
  ['a time that is none', '$input.releasedAt', { query: CREATE, variables: input({ releasedAt: 'soon' }) }],
  ['a field that there is not', '$input', { query: CREATE, variables: input({ nonsense: 1 }) }],
  [
    'a text deep inside',
    '$input.assets.links[1].url',
    {
      query: CREATE,
      variables: input({
        assets: {
          links: [
            { name: 'a', url: 'https://a.example' },
            { name: 'b', url: 5 },
          ],
        },
      }),
    },
  ],
  ['a list inside of an input', '$tag', { query: INSIDE, variables: { tag: ['v1'] } }],
]

describe.each(wrong)('%s', (_what, place, sent) => {
  const expected = () => expect.stringContaining(place)

  test('is answered with 400, and names the variable and its place, each time that it is sent', async () => {
    // The server compiles the operation when it comes the third time.
    for (let time = 0; time < 4; time++) {
      const { status, type, body } = await send(sent)
      expect([status, type]).toEqual([400, `${RESPONSE}; charset=utf-8`])
      expect(body).toEqual({
        errors: [{ message: expected(), locations: expect.anything(), extensions: { code: 'INVALID' } }],
      })
    }
  })

  test('is answered with 200 to a client that reads no status, with the same words', async () => {
    const { status, body } = await send(sent, 'application/json')
    expect([status, body.errors[0].message]).toEqual([200, expected()])
  })

  test('does not keep another operation of its batch from being run', async () => {
    const good = { query: RELEASES, variables: { path: world.project.fullPath, first: 1 } }
    const { body } = await send([sent, good], 'application/json')
    expect(body[0].errors[0].message).toEqual(expected())
    expect(body[1]).toEqual({ data: { project: { releases: { count: 1 } } } })
  })
})

test('a huge value of a wrong type is not repeated in the answer', async () => {
  const huge = 'x'.repeat(1_000_000)
  for (const sent of [
    { query: RELEASES, variables: { path: 'a/b', first: huge } },
    { query: SORTED, variables: { path: 'a/b', sort: huge } },
    { query: CREATE, variables: input({ name: [huge] }) },
    { query: CREATE, variables: input({ name: { [huge]: 1 } }) },
    { query: CREATE, variables: input({ [huge]: 1 }) },
    { query: BY_ID, variables: { id: huge } },
  ]) {
    const { status, text } = await send(sent)
    expect([status, text.length < 2000]).toEqual([400, true])
  }
})

test.each([
  'application/graphql-response+json; charset=utf-8',
  'application/graphql-response+json, application/json;q=0.9',
  'application/json;q=0.9, application/graphql-response+json',
  'text/html, application/graphql-response+json',
  'application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed',
])('a client that accepts %s gets the status 400', async (accept) => {
  const { status, type, body } = await send({ query: RELEASES, variables: { path: 'a/b', first: 'x' } }, accept)
  expect([status, type]).toEqual([400, `${RESPONSE}; charset=utf-8`])
  expect(body.errors[0].message).toContain('"$first"')
})
