// Markdown that belongs to nothing yet, as notes would show it: for previews.
import { beforeAll, expect, test } from 'vitest'
import { limitedServer } from '../http/limited-server.ts'
import { FROM_HERE, signIn } from '../http/sign-in/browser.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { createWorld, type World } from '../support/world.ts'

const app = useApp()

let world: World
beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'private' } })
  await create.createIssue(world.project, { iid: 901 })
})

type Asked = { token?: string | null; headers?: Record<string, string>; projectPath?: string | null }

const ask = (text: string, { token = null, headers = {}, projectPath = null }: Asked) =>
  query<{ markdownHtml: string | null }, object>(
    app,
    'query ($text: String!, $projectPath: ID) { markdownHtml(text: $text, projectPath: $projectPath) }',
    { text, projectPath },
    { token, headers },
  )

const rendered = async (text: string, asked: Asked) => (await ask(text, asked)).data?.markdownHtml

test('a text is rendered as notes are, with links to what the viewer may see', async () => {
  const { fullPath: projectPath } = world.project
  const text = '**#901** [a](x.md) <script>alert(1)</script>'
  const issue = `<strong><a href="/${projectPath}/-/issues/901">#901</a></strong>`
  expect(await rendered(text, { token: world.tokens.reporter, projectPath })).toBe(
    `<p dir="auto">${issue} <a href="/${projectPath}/-/blob/HEAD/x.md">a</a> </p>`,
  )
  expect(await rendered(text, { token: world.tokens.guest, projectPath })).toBe(`<p dir="auto">${issue} <a>a</a> </p>`)
  expect(await rendered('#901', { token: world.tokens.guest })).toBe('<p dir="auto">#901</p>')
})

test('nothing is rendered for nobody, and for a project that is hidden or missing, by the same statements', async () => {
  expect(await rendered('a', {})).toBeNull()
  const statements: string[][] = []
  for (const projectPath of [world.project.fullPath, 'no/such']) {
    const asked = { token: world.tokens.stranger, projectPath }
    statements.push(await app.statementsOf(async () => expect(await rendered('#901', asked)).toBeNull()))
  }
  expect(statements[0]).toEqual(statements[1])
})

test('a text of more than 100,000 characters is refused', async () => {
  const { token } = { token: world.tokens.reporter }
  expect(await rendered('a'.repeat(100_000), { token })).toContain('aaa')
  const { errors } = await ask('a'.repeat(100_001), { token })
  expect(errors?.[0]?.message).toContain('is too long (maximum is 100000 characters)')
})

test('an account previews thirty times a minute', async () => {
  const server = await limitedServer(app, {})
  const token = await create.tokenFor(await create.createUser())
  const preview = () => query<object, object>(server, '{ markdownHtml(text: "a") }', {}, { token })
  for (let time = 0; time < 30; time++) expect((await preview()).errors).toBeUndefined()
  expect((await preview()).errors?.[0]?.message).toMatch(/^Too many previews: try again in \d+ s$/)
})

test('a page of this server previews with its session, and no other page does', async () => {
  const cookie = await signIn(app, world.tokens.reporter ?? '')
  expect(await rendered('*a*', { headers: { cookie, ...FROM_HERE } })).toContain('<em>a</em>')
  expect(await rendered('*a*', { headers: { cookie, 'sec-fetch-site': 'cross-site' } })).toBeNull()
})
