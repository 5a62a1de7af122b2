// The server knows the cost of an operation before it compiles or runs anything of it.
import { getIntrospectionQuery } from 'graphql'
import { describe, expect, test } from 'vitest'
import { useApp } from '../../support/app.ts'

const app = useApp()

const post = (body: unknown, path = '/graphql', headers: Record<string, string> = {}) =>
  fetch(app.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

type Errors = { errors?: { message: string; extensions: { code: string } }[] }

/** Each level asks for the next level twenty times. */
const bomb = (levels: number) => {
  const fragments = Array.from({ length: levels }, (_, level) => {
    const inner = level + 1 < levels ? `...F${level + 1}` : 'name'
    const fields = Array.from({ length: 20 }, (_each, at) => `a${at}: ofType { ${inner} }`)
    return `fragment F${level} on __Type { ${fields.join(' ')} }`
  })
  return `{ __schema { queryType { ...F0 } } } ${fragments.join(' ')}`
}

const introspectionOf = (times: number) => {
  const fields = 'fields { name type { name ofType { name } } args { name } }'
  return `{ __schema { types { ${Array.from({ length: times }, (_, at) => `a${at}: ${fields}`).join(' ')} } } }`
}

const tooCostly = {
  errors: [{ message: expect.stringMatching(/exceeds max complexity of 200/), extensions: { code: 'INVALID' } }],
}

describe('an operation that asks for too much', () => {
  const texts = { 'fragments in fragments': bomb(5), 'the schema over and over': introspectionOf(150) }

  test.each(Object.entries(texts))(
    'an operation that asks for too much is refused at once, whichever way it comes: %s',
    async (_name, query) => {
      const ways = [
        () => post({ query }),
        () => post({ query }),
        () => post({ query }, '/api/graphql'),
        () => fetch(`${app.url}/graphql?${new URLSearchParams({ query })}`),
        () => post({ query }, '/graphql', { accept: 'application/json;q=0.5, text/plain' }),
      ]
      for (const way of ways) {
        const started = performance.now()
        expect(await (await way()).json()).toEqual(tooCostly)
        expect(performance.now() - started).toBeLessThan(2000)
      }
      expect(await (await post([{ query }, { query }])).json()).toEqual([tooCostly, tooCostly])
    },
  )

  test('an operation that asks for too much gets status 400 when the media type has statuses', async () => {
    const response = await post({ query: bomb(5) }, '/graphql', { accept: 'application/graphql-response+json' })
    expect(response.status).toBe(400)
  })

  test('an operation that asks for too much through a variable is refused', async () => {
    const releases = Array.from({ length: 28 }, (_, at) => `r${at}: releases(first: $n) { nodes { id name tagName } }`)
    const query = `query ($n: Int = 1) { project(fullPath: "a/b") { ${releases.join(' ')} } }`
    // By then the server knows the operation and its cost.
    for (let time = 0; time < 3; time += 1) {
      expect(await (await post({ query })).json()).toEqual({ data: { project: null } })
    }
    expect(await (await post({ query, variables: { n: 100 } })).json()).toEqual(tooCostly)
    expect(await (await post({ query, variables: { n: null } })).json()).toEqual(tooCostly)
  })

  test.each([
    ['selections', `${'{ a '.repeat(3300)}${'}'.repeat(3300)}`.slice(0, 9999), /nested deeper than 100 levels/],
    ['lists', `{ project(fullPath: ${'['.repeat(4000)}) { id } }`, /nested deeper than 100 levels/],
    ['tokens', `{ ${'a '.repeat(4990)} }`.replace(/a /g, '$ '), /tokens|Syntax Error/],
    ['signs', `{ a(b: [${',1'.repeat(10)}${'!'.repeat(4000)}]) }`, /Syntax Error|tokens/],
  ])('an operation with too many %s is refused without an error of the server', async (_name, query, message) => {
    const { errors } = (await (await post({ query })).json()) as Errors
    expect(errors?.[0]?.message).toMatch(message)
    expect(errors?.[0]?.extensions.code).not.toBe('INTERNAL_SERVER_ERROR')
  })

  test('an operation with fragments that contain themselves is refused as a cycle', async () => {
    const query = '{ ...A } fragment A on Query { ...B } fragment B on Query { project(fullPath: "a") { id } ...A }'
    const { errors } = (await (await post({ query })).json()) as Errors
    expect(errors?.[0]?.message).toMatch(/Cannot spread fragment "A" within itself/)
  })
})

describe('the introspection queries of tools', () => {
  const everything = {
    schemaDescription: true,
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    inputValueDeprecation: true,
  }
  test.each([
    ['graphql-js and Apollo', getIntrospectionQuery()],
    ['GraphiQL and Postman', getIntrospectionQuery({ ...everything, oneOf: true })],
    ['codegen', getIntrospectionQuery({ ...everything, descriptions: true })],
  ])('anybody may send the introspection query of %s', async (_name, query) => {
    for (let time = 0; time < 3; time += 1) {
      const answer = (await (await post({ query })).json()) as Errors & { data: { __schema: { types: unknown[] } } }
      expect(answer.errors).toBeUndefined()
      expect(answer.data.__schema.types.length).toBeGreaterThan(100)
    }
  })
})

describe('a body that is no GraphQL request', () => {
  test.each(['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain'])(
    'a body of the type %s is refused, and so is its mutation',
    async (type) => {
      const body = new URLSearchParams({ query: 'mutation { __typename }' }).toString()
      const response = await fetch(`${app.url}/graphql`, { method: 'POST', headers: { 'content-type': type }, body })
      expect(response.status).toBe(415)
      expect(await response.json()).toMatchObject({
        errors: [{ message: expect.stringContaining('application/json is expected'), extensions: { code: 'INVALID' } }],
      })
    },
  )

  test('an empty batch is refused', async () => {
    const response = await post([])
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ errors: [{ message: expect.stringContaining('batch is empty') }] })
  })

  test('a body that is larger than an anonymous viewer needs is refused before it is parsed', async () => {
    const response = await post({ query: '{ __typename }', variables: { text: 'x'.repeat(200_000) } })
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({ errors: [{ message: expect.stringContaining('100,000 bytes') }] })
  })

  test('a wrong credential is refused before the body is read', async () => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'private-token': 'wbt_nobody' },
      body: `{"query": "${'x'.repeat(9_000_000)}`,
    })
    expect(response.status).toBe(401)
  })
})
