// What an operator may switch off: GraphiQL, introspection, and every document but the trusted ones.
import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, inject, test } from 'vitest'
import { loadTrustedDocuments } from '../../../src/pipeline/trusted-documents.ts'
import { schema } from '../../../src/schema.ts'
import { startAnotherServer } from '../../support/another-server.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'

const app = useApp()

const ask = async (url: string, body: unknown, token?: string) => {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { 'private-token': token } : {}) },
    body: JSON.stringify(body),
  })
  return (await response.json()) as { data?: unknown; errors?: { message: string; extensions: { code: string } }[] }
}

let folders = 0

async function folderOf(files: Record<string, string>): Promise<string> {
  const folder = path.join(inject('scratch'), `trusted-${process.pid}-${folders++}`)
  await mkdir(folder, { recursive: true })
  for (const [name, content] of Object.entries(files)) await writeFile(path.join(folder, name), content)
  return folder
}

describe('GraphiQL', () => {
  const open = (headers: Record<string, string> = {}) =>
    fetch(`${app.url}/graphql`, { headers: { accept: 'text/html', ...headers } })

  test('GraphiQL is sent compressed, and not again to a browser that has it', async () => {
    const response = await open({ 'accept-encoding': 'gzip' })
    expect(response.headers.get('content-encoding')).toBe('gzip')
    expect(Number(response.headers.get('content-length'))).toBeLessThan(3_500_000)
    expect(await response.text()).toContain('renderYogaGraphiQL')
    const again = await open({ 'if-none-match': response.headers.get('etag') ?? '' })
    expect([again.status, await again.text()]).toEqual([304, ''])
  })

  test('GraphiQL comes with a policy that names its two scripts', async () => {
    const response = await open({ 'accept-encoding': 'identity' })
    const html = await response.text()
    // The second one says who is signed in. The text of the first one holds tags of scripts, too.
    const [begin, end] = [html.indexOf('<script>'), html.lastIndexOf('<a id="signed-in"')]
    const digests = [html.slice(begin, end), html.slice(end)].map((part) => {
      const script = part.slice(part.indexOf('<script>') + 8, part.lastIndexOf('</script>'))
      return `'sha256-${createHash('sha256').update(script).digest('base64')}'`
    })
    expect(response.headers.get('content-security-policy')).toContain(`script-src ${digests.join(' ')};`)
  })

  test('GraphiQL that is switched off is not found, and queries are answered', async () => {
    const { url } = await startAnotherServer(app, { graphiql: false })
    const response = await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } })
    expect(response.status).toBe(404)
    expect(await response.text()).toContain('GraphiQL is switched off')
    expect(await ask(url, { query: '{ __typename }' })).toEqual({ data: { __typename: 'Query' } })
  })
})

describe('introspection', () => {
  const query = '{ __schema { queryType { name } } }'
  const inFragment = '{ ...A } fragment A on Query { t: __type(name: "Release") { name } }'

  test('introspection for accounts is refused to anonymous viewers only', async () => {
    const { url } = await startAnotherServer(app, { introspection: 'signed-in' })
    const token = await create.tokenFor(await create.createUser())
    for (const text of [query, inFragment]) {
      const { data, errors } = await ask(url, { query: text })
      expect(data).toBeUndefined()
      expect(errors).toEqual([
        { message: expect.stringContaining('to who is not signed in'), extensions: { code: 'FORBIDDEN' } },
      ])
      expect((await ask(url, { query: text }, token)).errors).toBeUndefined()
    }
    expect(await ask(url, { query: '{ __typename }' })).toEqual({ data: { __typename: 'Query' } })
  })

  test('introspection that is switched off is refused to everybody', async () => {
    const { url } = await startAnotherServer(app, { introspection: 'off' })
    const token = await create.tokenFor(await create.createUser())
    expect((await ask(url, { query }, token)).errors?.[0]?.extensions.code).toBe('FORBIDDEN')
  })
})

describe('trusted documents', () => {
  const files = {
    'who.graphql': 'query Who { currentUser { username } }',
    'persisted.json': JSON.stringify({ abc123: '{ project(fullPath: "a/b") { id } }' }),
    'notes.txt': 'not a document',
  }

  test('a trusted document runs by its text, by its SHA-256 and by the hash of the manifest, and nothing else runs', async () => {
    const trustedDocuments = loadTrustedDocuments(await folderOf(files), schema)
    const { url } = await startAnotherServer(app, { trustedDocuments })
    const sha256 = createHash('sha256').update(files['who.graphql']).digest('hex')
    const named = (sha256Hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } })
    for (const body of [{ query: files['who.graphql'] }, named(sha256)]) {
      expect(await ask(url, body)).toEqual({ data: { currentUser: null } })
    }
    expect(await ask(url, named('abc123'))).toEqual({ data: { project: null } })
    const refused = { errors: [{ message: expect.any(String), extensions: { code: 'FORBIDDEN' } }] }
    const text = '{ currentUser { username } }'
    const hash = createHash('sha256').update(text).digest('hex')
    for (const body of [{ query: text }, { query: text, ...named(hash) }, named(hash), { query: '{' }]) {
      expect(await ask(url, body)).toEqual(refused)
    }
    expect(await ask(url, [{ query: text }])).toEqual([refused])
  })

  test.each([
    ['does not exist', null, /^TRUSTED_DOCUMENTS: .*ENOENT/],
    ['has no document', {}, /^TRUSTED_DOCUMENTS: .* has no \.graphql or \.json file$/],
    ['has a document that does not fit the schema', { 'a.graphql': '{ nonsense }' }, /a\.graphql: Cannot query field/],
    ['has a document that is no GraphQL', { 'a.graphql': '{' }, /a\.graphql: Syntax Error/],
    ['has a manifest that is none', { 'a.json': '[1]' }, /a\.json: /],
  ])(
    'a folder of trusted documents that %s stops the start with a line that names the file',
    async (_name, content, message) => {
      const folder = content === null ? '/nonexistent' : await folderOf(content as Record<string, string>)
      expect(() => loadTrustedDocuments(folder, schema)).toThrow(message)
    },
  )
})
