import { describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'

const app = useApp()

const post = (body: unknown, headers: Record<string, string> = {}, path = '/graphql') =>
  fetch(app.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

const whoAmI = '{ currentUser { id username state webUrl __typename } }'

describe('GraphQL over HTTP', () => {
  test.each(['/graphql', '/api/graphql'])('GraphQL is served at %s', async (path) => {
    const response = await post({ query: '{ __typename }' }, {}, path)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } })
  })

  test('GraphQL answers a GET', async () => {
    const response = await fetch(`${app.url}/api/graphql?query=${encodeURIComponent('{ __typename }')}`)
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } })
  })

  test('GraphQL answers a batch with a list, and refuses a batch that is too long', async () => {
    const one = { query: '{ __typename }' }
    expect(await (await post([one, one])).json()).toEqual([
      { data: { __typename: 'Query' } },
      { data: { __typename: 'Query' } },
    ])
    expect((await post(Array.from({ length: 11 }, () => one))).status).toBe(413)
  })

  test('GraphQL speaks the media type of the specification, with its statuses', async () => {
    const accept = { accept: 'application/graphql-response+json' }
    expect((await post({ query: '{ __typename }' }, accept)).headers.get('content-type')).toContain(
      'application/graphql-response+json',
    )
    expect((await post({ query: '{ nonsense }' }, accept)).status).toBe(400)
    expect((await post({ query: '{ nonsense }' })).status).toBe(200)
  })

  test('GraphQL shows GraphiQL to a browser, with an example query and nothing from elsewhere', async () => {
    const response = await fetch(`${app.url}/graphql`, { headers: { accept: 'text/html' } })
    const html = await response.text()
    expect(response.headers.get('content-type')).toContain('text/html')
    expect(html).toContain('demo/waybill')
    expect(html).not.toMatch(/<(script|link|img)[^>]+(src|href)="https?:/)
  })

  test('GraphQL answers pages of any origin, without cookies', async () => {
    const response = await post({ query: '{ __typename }' }, { origin: 'https://app.example.com' })
    expect(response.headers.get('access-control-allow-origin')).toBe('https://app.example.com')
    expect(response.headers.get('access-control-allow-credentials')).toBeNull()
  })

  test('GraphQL answers the introspection query to anonymous viewers', async () => {
    const { getIntrospectionQuery } = await import('graphql')
    const answer = (await (await post({ query: getIntrospectionQuery() })).json()) as { errors?: unknown }
    expect(answer.errors).toBeUndefined()
  })
})

describe('a credential', () => {
  test('a credential names the viewer, as PRIVATE-TOKEN or Bearer', async () => {
    const user = await create.createUser()
    const token = await create.tokenFor(user)
    const expected = {
      data: {
        currentUser: {
          id: `gid://gitlab/User/${user.id}`,
          username: user.username,
          state: 'active',
          webUrl: `${app.url}/${user.username}`,
          __typename: 'CurrentUser',
        },
      },
    }
    expect(await (await post({ query: whoAmI }, { 'private-token': token })).json()).toEqual(expected)
    expect(await (await post({ query: whoAmI }, { authorization: `Bearer ${token}` })).json()).toEqual(expected)
    expect(await (await post({ query: whoAmI })).json()).toEqual({ data: { currentUser: null } })
  })

  test.each([
    ['an unknown token', { 'private-token': 'wbt_nobody' }],
    ['an unknown bearer', { authorization: 'Bearer wbt_nobody' }],
    ['a malformed JWT', { authorization: 'Bearer a.b.c' }],
    ['a job token of nobody', { 'job-token': 'a.b.c' }],
    ['another scheme', { authorization: 'Basic dXNlcjpwYXNz' }],
  ])('a request with %s is refused with 401 before its query is read', async (_name, headers) => {
    const response = await post({ query: '{ nonsense' }, headers)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer')
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] })
  })

  test('a credential that was revoked, has expired or belongs to a blocked account is refused', async () => {
    const user = await create.createUser()
    const tokens = [
      await create.tokenFor(user),
      await create.tokenFor(user),
      await create.tokenFor(await create.createUser({ state: 'blocked' })),
    ]
    const rows = await db.accessToken.findMany({ where: { userId: user.id }, orderBy: { id: 'asc' } })
    await db.accessToken.update({ where: { id: rows[0]?.id ?? 0 }, data: { revokedAt: new Date() } })
    await db.accessToken.update({ where: { id: rows[1]?.id ?? 0 }, data: { expiresAt: new Date(Date.now() - 1000) } })
    for (const token of tokens) expect((await post({ query: whoAmI }, { 'private-token': token })).status).toBe(401)
  })

  test('a credential never gets into the log', async () => {
    const token = await create.tokenFor(await create.createUser())
    await post({ query: whoAmI }, { 'private-token': token })
    await fetch(`${app.url}/graphql?private_token=${token}&query=%7B__typename%7D`)
    expect(JSON.stringify(app.logged())).not.toContain(token)
  })
})

describe('limits', () => {
  const errorOf = async (body: unknown, headers = {}) =>
    ((await (await post(body, headers)).json()) as { errors: { message: string }[] }).errors.map(
      ({ message }) => message,
    )

  test('a query of more than 10,000 characters is refused', async () => {
    expect(await errorOf({ query: `{ __typename }${' '.repeat(10_000)}` })).toEqual([
      'The query has 10014 characters, which exceeds the maximum of 10000',
    ])
  })

  test('an answer reports at most 5 validation errors', async () => {
    const errors = await errorOf({ query: `{ ${Array.from({ length: 50 }, (_, at) => `nonsense${at}`).join(' ')} }` })
    expect(errors.filter((message) => message.startsWith('Cannot query field'))).toHaveLength(5)
    expect(errors.length).toBeLessThanOrEqual(6)
  })

  const nested = (levels: number): string =>
    levels === 0
      ? 'id'
      : `id releases(first: 1) { nodes { milestones(first: 1) { nodes { project { ${nested(levels - 1)} } } } } }`

  test('a query that is too deep or too costly is refused, with the limits of the viewer', async () => {
    const [message = ''] = await errorOf({ query: `{ project(fullPath: "a") { ${nested(3)} } }` })
    expect(message).toMatch(/exceeds max depth of 15/)
    const wide = Array.from({ length: 64 }, (_, at) => `r${at}: releases(first: 1) { nodes { id name } }`).join(' ')
    expect((await errorOf({ query: `{ project(fullPath: "a") { ${wide} } }` }))[0]).toMatch(
      /exceeds max complexity of 200/,
    )
    const token = await create.tokenFor(await create.createUser())
    expect((await errorOf({ query: `{ project(fullPath: "a") { ${wide} } }` }, { 'private-token': token }))[0]).toMatch(
      /exceeds max complexity of 250/,
    )
  })

  test.each(['query ($p: [String]) { __typename }', 'mutation ($p: String) { __typename }'])(
    'a variable that is nested a thousandfold is refused by its name: %s',
    async (query) => {
      const nested = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
      const response = await fetch(`${app.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: `{ "query": "${query}", "variables": { "p": ${nested} } }`,
      })
      expect(await response.json()).toMatchObject({
        errors: [{ message: 'Variable "$p" is nested more than 50 levels deep', extensions: { code: 'INVALID' } }],
      })
    },
  )

  test('a NUL byte is refused by the name of its variable', async () => {
    const body = { query: 'query ($p: ID!) { project(fullPath: $p) { id } }', variables: { p: 'a\u0000b' } }
    expect(await errorOf(body)).toEqual(['Variable "$p" holds a NUL byte: a text must not'])
    expect(await errorOf({ query: '{ project(fullPath: "a\\u0000b") { id } }' })).toEqual([
      'The query holds a NUL byte: a text must not',
    ])
  })

  test.each([
    ['no JSON', '{', 400],
    ['an empty body', '', 400],
    ['no query', '{}', 200],
    ['a query that is no text', '{"query": 1}', 400],
    ['variables that are no object', '{"query": "{__typename}", "variables": "x"}', 400],
    ['a syntax error', '{"query": "{"}', 200],
  ])('a request with %s is refused with a message', async (_name, body, status) => {
    const response = await post(body)
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ errors: [{ message: expect.any(String) }] })
  })
})

describe('a failure of the server', () => {
  test('a failure of the server is masked, and logged under the request ID that the client gets', async () => {
    await db.$executeRaw`ALTER TABLE projects RENAME TO projects_gone`
    try {
      const { data, errors, headers } = await query(
        app,
        '{ project(fullPath: "demo/waybill") { id } }',
        {},
        { headers: { 'x-request-id': 'probe-1' } },
      )
      expect(data).toEqual({ project: null })
      expect(headers.get('x-request-id')).toBe('probe-1')
      expect(errors).toEqual([
        expect.objectContaining({
          message: 'Internal server error',
          extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'probe-1' },
        }),
      ])
      const logged = app.logged().find((line) => line.requestId === 'probe-1' && line.msg === 'request failed')
      expect(JSON.stringify(logged)).toContain('projects')
    } finally {
      await db.$executeRaw`ALTER TABLE projects_gone RENAME TO projects`
    }
  })

  test('a failure while the server loads the viewer is masked too, with status 500', async () => {
    const token = await create.tokenFor(await create.createUser())
    await db.$executeRaw`ALTER TABLE access_tokens RENAME TO access_tokens_gone`
    try {
      const response = await post({ query: whoAmI }, { 'private-token': token })
      expect(response.status).toBe(500)
      expect(await response.json()).toMatchObject({ errors: [{ message: 'Internal server error' }] })
    } finally {
      await db.$executeRaw`ALTER TABLE access_tokens_gone RENAME TO access_tokens`
    }
  })
})

describe('the request id', () => {
  test('a request ID is made when none is sent, and a harmful one is replaced', async () => {
    expect((await post({ query: '{ __typename }' })).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    const harmful = await post({ query: '{ __typename }' }, { 'x-request-id': 'a b"c' })
    expect(harmful.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })
})
