// The server compiles an operation whose text came before and passed the limits. The memory for compiled operations has a
// bound.
import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { useApp } from '../../support/app.ts'
import { createWorld, type World } from '../../support/world.ts'

const app = useApp()
let world: World

beforeAll(async () => {
  world = await createWorld(app)
})

const post = async (body: unknown, token: string | null = null) => {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { 'private-token': token } : {}) },
    body: JSON.stringify(body),
  })
  return (await response.json()) as { data?: unknown; errors?: { message: string; extensions: { code: string } }[] }
}

async function statistics(): Promise<{ count: number; bytes: number; hits: number; misses: number }> {
  const text = await (await fetch(`${app.url}/metrics`)).text()
  const value = (name: string) => Number(new RegExp(`^waybill_cache_${name}\\} (\\S+)$`, 'm').exec(text)?.[1])
  const asked = (result: string) => value(`requests_total\\{cache="operations",result="${result}"`)
  const size = (name: string) => value(`${name}\\{cache="operations"`)
  return { count: size('entries'), bytes: size('bytes'), hits: asked('hit'), misses: asked('miss') }
}

const MB = 1024 ** 2

describe('an operation', () => {
  test('an operation is kept the second time and found from then on, and its answers are the same', async () => {
    const query = `{ project(fullPath: "${world.project.fullPath}") { releases { nodes { id tagName kept: name } } } }`
    const before = await statistics()
    const first = await post({ query })
    expect((await statistics()).count).toBe(before.count)
    const second = await post({ query })
    expect((await statistics()).count).toBe(before.count + 1)
    const third = await post({ query })
    expect((await statistics()).hits).toBe(before.hits + 1)
    expect(second).toEqual(first)
    expect(third).toEqual(first)
  })

  test.each([
    ['invalid', '{ nonsense }'],
    ['too costly', `{ ${Array.from({ length: 300 }, (_, at) => `a${at}: __typename`).join(' ')} }`],
    ['no GraphQL', '{ project('],
  ])('an operation that is %s is never kept', async (_name, query) => {
    const { count, bytes } = await statistics()
    for (let time = 0; time < 3; time += 1) expect((await post({ query })).errors).toBeDefined()
    expect(await statistics()).toMatchObject({ count, bytes })
  })

  test('kept operations make room for others, so that hundreds of large ones, each sent twice, stay within 32 MB', async () => {
    const fields = Array.from({ length: 190 }, (_, at) => `b${at}: name`).join(' ')
    for (let at = 0; at < 40; at += 1) {
      const query = `{ project(fullPath: "nope/p${at}") { releases(first: 1) { nodes { ${fields} } } } }`
      for (let time = 0; time < 2; time += 1) expect(await post({ query })).toEqual({ data: { project: null } })
    }
    const { bytes, count } = await statistics()
    expect(bytes).toBeGreaterThan(10 * MB)
    expect(bytes).toBeLessThanOrEqual(32 * MB)
    expect(count).toBeLessThan(40)
  })
})

describe('a persisted query', () => {
  const named = (query: string, text?: string) => ({
    ...(text === undefined ? {} : { query: text }),
    extensions: { persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') } },
  })

  test('a persisted query is sent once with its text, and from then on by its hash alone, by POST, by GET and in a batch', async () => {
    const query = `{ persisted: project(fullPath: "${world.project.fullPath}") { id } }`
    const answer = { data: { persisted: { id: `gid://gitlab/Project/${world.project.id}` } } }
    expect(await post(named(query))).toEqual({
      errors: [{ message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }],
    })
    expect(await post(named(query, query))).toEqual(answer)
    expect(await post(named(query))).toEqual(answer)
    expect(await post([named(query)])).toEqual([answer])
    const extensions = JSON.stringify(named(query).extensions)
    const url = `${app.url}/graphql?${new URLSearchParams({ extensions })}`
    expect(await (await fetch(url)).json()).toEqual(answer)
  })

  test('a persisted query whose hash is of another text is refused', async () => {
    const { errors } = await post(named('{ __typename }', '{ currentUser { id } }'))
    expect(errors?.[0]?.message).toBe('extensions.persistedQuery.sha256Hash is not the SHA-256 of the query')
  })

  test('a persisted query that is refused is not kept', async () => {
    const query = '{ nonsense }'
    expect((await post(named(query, query))).errors?.[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED')
    expect((await post(named(query))).errors?.[0]?.extensions.code).toBe('PERSISTED_QUERY_NOT_FOUND')
  })

  test.each([{ version: 2, sha256Hash: 'a'.repeat(64) }, { version: 1 }, 'x', { version: 1, sha256Hash: 5 }])(
    'a malformed persisted query gets a message that says how it should be: %j',
    async (persistedQuery) => {
      const { errors } = await post({ extensions: { persistedQuery } })
      expect(errors?.[0]?.message).toMatch(/^extensions.persistedQuery must be /)
    },
  )
})
