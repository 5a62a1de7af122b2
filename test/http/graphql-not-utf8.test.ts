// A text of GraphQL that is not UTF-8 is refused with the name of the value and the byte, unless the request declares another charset.
import { beforeAll, describe, expect, test } from 'vitest'
import { useApp } from '../support/app.ts'
import { createWorld, type World } from '../support/world.ts'
import { type Answer, bytes, JSON_TYPE, send as sendRaw } from './raw-request.ts'

const app = useApp()

let world: World
beforeAll(async () => {
  world = await createWorld(app)
})

const send = (method: string, path: string, headers: Record<string, string> = {}, body?: Buffer) =>
  sendRaw({ url: app.url, token: world.tokens.maintainer }, method, path, { headers, body })

describe('GraphQL', () => {
  const query = 'query ($p: ID!) { project(fullPath: $p) { id } }'
  const graphql = (body: Buffer, type = JSON_TYPE) => send('POST', '/graphql', { 'content-type': type }, body)
  const errorOf = ({ body }: Answer) => (body.errors as { message: string; extensions: unknown }[])[0]

  test.each<[string, Buffer, string, string]>([
    [
      'a variable',
      bytes(`{"query": "${query}", "variables": {"p": "\xe9"}}`),
      JSON_TYPE,
      'variables.p is not UTF-8: byte 0xE9 at offset 82 of the body',
    ],
    [
      'the query',
      bytes('{"query": "{ a(b: \\"\xe9\\") }"}'),
      JSON_TYPE,
      'query is not UTF-8: byte 0xE9 at offset 20 of the body',
    ],
    [
      'an operation of a batch',
      bytes(`[{"query": "{ __typename }"}, {"query": "\xff"}]`),
      JSON_TYPE,
      '[1].query is not UTF-8: byte 0xFF at offset 41 of the body',
    ],
    [
      'a query that is the body',
      bytes('{ a # \xe9'),
      'application/graphql',
      'The body is not UTF-8: byte 0xE9 at offset 6 of the body',
    ],
  ])('GraphQL refuses %s that is not UTF-8', async (_what, body, type, message) => {
    const answer = await graphql(body, type)
    expect([answer.status, errorOf(answer)]).toEqual([400, { message, extensions: { code: 'INVALID' } }])
  })

  test('GraphQL refuses half of a character in a variable, whatever it is for', async () => {
    const answer = await graphql(bytes(`{"query": "${query}", "variables": {"p": "a\\ud800"}}`))
    expect(errorOf(answer)).toMatchObject({ message: '"p" holds half of a character: it must be Unicode text' })
  })

  test('GraphQL refuses half of a character in a query', async () => {
    const answer = await graphql(bytes('{"query": "{ project(fullPath: \\"\\ud800\\") { id } }"}'))
    expect(errorOf(answer)).toMatchObject({ extensions: { code: 'GRAPHQL_PARSE_FAILED' } })
  })

  test('GraphQL refuses a query string that is not UTF-8', async () => {
    for (const path of [
      '/graphql?query=%7B__typename%7D&variables=%E9',
      '/api/graphql?query=%7B__typename%7D&variables=%E9',
    ]) {
      const answer = await send('GET', path)
      expect([answer.status, errorOf(answer)?.message]).toEqual([
        400,
        'variables is not UTF-8: byte 0xE9 at offset 0 of its value',
      ])
    }
  })

  test('GraphQL reads a body in the charset that it names, and refuses an unknown charset', async () => {
    const create = 'mutation ($i: IssueCreateInput!) { issueCreate(input: $i) { errors issue { title } } }'
    const body = JSON.stringify({
      query: create,
      variables: { i: { projectPath: world.project.fullPath, title: 'caf\xe9' } },
    })
    const answer = await graphql(bytes(body), `${JSON_TYPE}; charset=ISO-8859-1`)
    expect(answer.body).toEqual({ data: { issueCreate: { errors: [], issue: { title: 'café' } } } })
    expect((await graphql(bytes(body), `${JSON_TYPE}; charset=x-klingon`)).status).toBe(415)
  })
})
