import { getNamedType, getNullableType, isInputObjectType, isListType } from 'graphql'
import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { schema } from '../../src/schema.ts'
import { rest } from '../http/rest/client.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { mutate } from '../support/mutate.ts'
import { mutationInputs } from '../support/mutation-inputs.ts'
import { createWorld, type World } from '../support/world.ts'

const app = useApp()

let world: World
let releases: string
beforeAll(async () => {
  world = await createWorld(app)
  releases = `/projects/${world.project.id}/releases`
})

const send = (method: string, path: string, json: unknown) =>
  rest(app, method, path, { token: world.tokens.owner, json })
const change = (input: Record<string, unknown>) =>
  mutate(app, world.tokens.owner, 'releaseUpdate', { projectPath: world.project.fullPath, tagName: 'v1.0.0', ...input })

const ROCKET = '\u{1f680}'
const NAME_PROBLEM = 'is too long (maximum is 1024 characters)'

describe('the name of a release', () => {
  test('the name of a release has 1,024 characters at most, however many bytes', async () => {
    expect(await change({ name: ROCKET.repeat(1024) })).toEqual([])
    expect(await change({ name: 'x'.repeat(1025) })).toEqual([`Validation failed: Name ${NAME_PROBLEM}`])
    const { status, body } = await send('PUT', `${releases}/v1.0.0`, { name: 'x'.repeat(1025) })
    expect([status, body]).toEqual([400, { message: { name: [NAME_PROBLEM] } }])
    expect((await send('PUT', `${releases}/v1.0.0`, { name: 'x'.repeat(1024) })).status).toBe(200)
  })

  test('the name of a release is bounded when the release is made, and a refusal leaves no tag behind', async () => {
    const input = { projectPath: world.project.fullPath, tagName: 'unmade', ref: 'main', name: 'x'.repeat(1025) }
    expect(await mutate(app, world.tokens.owner, 'releaseCreate', input)).toEqual([
      `Validation failed: Name ${NAME_PROBLEM}`,
    ])
    const answer = await send('POST', releases, { tag_name: 'unmade', ref: 'main', name: 'x'.repeat(1025) })
    expect([answer.status, answer.body.message]).toEqual([400, expect.stringContaining('oo long')])
    expect(await app.repositories.resolveTag(world.project.id, 'unmade')).toBeNull()
  })

  test('the name of a release is the tag by default, as long as a tag may be', async () => {
    const tagName = Array.from({ length: 5 }, () => 't'.repeat(200))
      .join('/')
      .slice(0, 1000)
    const input = { projectPath: world.project.fullPath, tagName, ref: 'main' }
    expect(await mutate(app, world.tokens.owner, 'releaseCreate', input)).toEqual([])
  })

  test('a name that was stored when it could be longer stays, is shown, and does not block other changes', async () => {
    const name = 'x'.repeat(800_000)
    await db.release.updateMany({ where: { tag: 'v1.0.0', projectId: world.project.id }, data: { name } })
    expect(await change({ description: 'New notes.' })).toEqual([])
    expect(await change({ description: 'Newer notes.', name })).toEqual([])
    const { body } = await send('GET', `${releases}/v1.0.0`, undefined)
    expect([body.name, body.description]).toEqual([name, 'Newer notes.'])
    expect(await change({ name: `${name}y` })).toEqual([`Validation failed: Name ${NAME_PROBLEM}`])
  })
})

describe("a link's URL", () => {
  const url = (length: number) => `https://example.com/${'x'.repeat(length)}`.slice(0, length)

  test('the URL of a link has 8,192 characters at most', async () => {
    const link = { projectPath: world.project.fullPath, tagName: 'v1.0.0', name: 'long', url: url(8193) }
    const problem = 'Url is too long (maximum is 8192 characters)'
    expect(await mutate(app, world.tokens.owner, 'releaseAssetLinkCreate', link)).toEqual([problem])
    expect(await mutate(app, world.tokens.owner, 'releaseAssetLinkCreate', { ...link, url: url(8192) })).toEqual([])
    const answer = await send('POST', `${releases}/v1.0.0/assets/links`, { name: 'other', url: url(8193) })
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([
      400,
      expect.stringContaining('is too long (maximum is 8192'),
    ])
  })

  test('a URL that was stored when it could be longer stays when the link is renamed', async () => {
    const link = await create.createLink(world.release, { url: url(20_000) })
    const id = `gid://gitlab/Releases::Link/${link.id}`
    expect(await mutate(app, world.tokens.owner, 'releaseAssetLinkUpdate', { id, name: 'renamed' })).toEqual([])
    expect((await db.assetLink.findUniqueOrThrow({ where: { id: link.id } })).url).toBe(link.url)
  })
})

test('the message of a tag has 1,000,000 characters at most', async () => {
  const tagMessage = 'x'.repeat(1_000_001)
  const input = { projectPath: world.project.fullPath, tagName: 'told', ref: 'main', tagMessage }
  const problem = 'Tag message is too long (maximum is 1000000 characters)'
  expect(await mutate(app, world.tokens.owner, 'releaseCreate', input)).toEqual([`Validation failed: ${problem}`])
  const tags = `/projects/${world.project.id}/repository/tags`
  const answer = await send('POST', tags, { tag_name: 'told', ref: 'main', message: tagMessage })
  expect([answer.status, answer.body]).toEqual([400, { message: `Validation failed: ${problem}` }])
})

/** The number of characters that the description allows; null when the description has bytes. */
function limitIn(description: string | null | undefined): number | null {
  const [, digits] = /at most ([\d,]+) characters(?: each)?\.$/i.exec(description ?? '') ?? []
  return digits === undefined ? null : Number(digits.replaceAll(',', ''))
}

const inputs = Object.values(schema.getMutationType()?.getFields() ?? {}).flatMap(({ name: mutation, args }) => {
  const type = getNamedType(args[0]?.type)
  if (!isInputObjectType(type)) return []
  return Object.values(type.getFields()).flatMap((field) => {
    const limit = limitIn(field.description)
    return limit === null
      ? []
      : [{ mutation, type: type.name, field: field.name, limit, isList: isListType(getNullableType(field.type)) }]
  })
})

describe.each(inputs)('$type.$field', ({ mutation, type, field, limit, isList }) => {
  test(`is refused when it is longer than ${limit} characters`, async () => {
    const input = (await mutationInputs[mutation]?.(world)) ?? {}
    const long = 'x'.repeat(limit + 1)
    const document = `mutation ($input: ${type}!) { ${mutation}(input: $input) { errors } }`
    const variables = { input: { ...input, [field]: isList ? [long] : long } }
    const { data, errors } = await query<Record<string, { errors: string[] } | null>, never>(app, document, variables, {
      token: world.tokens.owner,
    })
    const told = [...(errors ?? []).map(({ message }) => message), ...(data?.[mutation]?.errors ?? [])].join()
    expect(told).toMatch(/too long|longer than \d+ characters/)
    for (const { extensions } of errors ?? []) expect(extensions?.code).toBe('INVALID')
  })
})

test.each([
  ['the path of a project', 'project(fullPath: $text) { id }', 'fullPath', 1024],
  ['the path of a group', 'group(fullPath: $text) { id }', 'fullPath', 1024],
  ['a tag', 'project(fullPath: "a") { release(tagName: $text) { id } }', 'tagName', 1024],
])('a query for %s that is too long is refused', async (_what, selection, name, max) => {
  const type = name === 'fullPath' ? 'ID' : 'String'
  const document = `query ($text: ${type}!) { ${selection.replace('"a"', JSON.stringify(world.project.fullPath))} }`
  const send = (length: number) => query(app, document, { text: 'x'.repeat(length) }, { token: world.tokens.owner })
  expect((await send(max)).errors).toBeUndefined()
  expect((await send(max + 1)).errors).toMatchObject([
    { message: `"${name}" is too long (maximum is ${max} characters)`, extensions: { code: 'INVALID' } },
  ])
})

test('a subscription to a project whose path is too long is refused', async () => {
  const document = 'subscription ($path: ID!) { releasePublished(projectPath: $path) { name } }'
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query: document, variables: { path: 'x'.repeat(1025) } }),
  })
  expect(await response.text()).toContain('is too long (maximum is 1024 characters)')
})

test.each([
  ['GET', () => `/projects/${world.project.id}/issues?search=${'x'.repeat(1025)}`, 'search', 1024],
  ['GET', () => `/projects/${'x'.repeat(1025)}`, 'id', 1024],
  ['GET', () => `/projects/${world.project.id}/milestones?title=${'x'.repeat(256)}`, 'title', 255],
  ['GET', () => `/projects/${world.project.id}/repository/commits/${'x'.repeat(4097)}`, 'sha', 4096],
])('REST refuses a text that is too long in %s %s', async (method, path, name, max) => {
  const { status, body } = await rest(app, method, path(), { token: world.tokens.owner })
  const isFound = name !== 'id'
  expect([status, body]).toEqual(
    isFound
      ? [400, { error: `${name} is too long (maximum is ${max} characters)` }]
      : [404, { message: '404 Project Not Found' }],
  )
})
