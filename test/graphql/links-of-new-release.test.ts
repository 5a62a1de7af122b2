// The answer to a creation has the links that the creation made, and does not read them again.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import { createWorld, type World } from '../support/world.ts'

const app = useApp()

type Connection = { count: number; nodes: object[]; edges: { cursor: string }[]; pageInfo: object }
type Payload = { releaseCreate: { errors: string[]; release: { assets: { links: Connection } } | null } | null }
type Page = { project: { release: { assets: { links: Connection } } } }
type PageArguments = { first?: number; last?: number; after?: string | undefined; before?: string | undefined }

const PAGE = '($first: Int, $last: Int, $after: String, $before: String'
const LINKS = `assets { links(first: $first, last: $last, after: $after, before: $before) { count
  nodes { id name url directAssetUrl directAssetPath linkType external } edges { cursor }
  pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } }`

const linksOf = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    ...{ name: `file ${n}`, url: `https://downloads.example.com/${n}`, linkType: n % 2 ? 'IMAGE' : 'PACKAGE' },
    directAssetPath: n % 3 ? `/files/${n}` : null,
  }))

async function publish({ project, tokens }: World, tagName: string, links: object[], page: PageArguments) {
  const input = { projectPath: project.fullPath, tagName, ref: 'main', assets: { links } }
  const { data, errors } = await query<Payload, never>(
    app,
    `mutation ${PAGE}, $input: ReleaseCreateInput!) { releaseCreate(input: $input) { errors release { ${LINKS} } } }`,
    { input, ...page },
    { token: tokens.developer },
  )
  expect([errors, data.releaseCreate?.errors]).toEqual([undefined, []])
  return data.releaseCreate?.release?.assets.links
}

async function readLinks({ project, tokens }: World, tagName: string, page: PageArguments) {
  const { data } = await query<Page, never>(
    app,
    `query ${PAGE}, $path: ID!, $tag: String!) { project(fullPath: $path) { release(tagName: $tag) { ${LINKS} } } }`,
    { path: project.fullPath, tag: tagName, ...page },
    { token: tokens.developer },
  )
  return data.project.release.assets.links
}

test('any page of the links in the payload is the page that a query gives', async () => {
  const world = await createWorld(app)
  const older = (await readLinks(world, 'v1.0.0', {})).edges.map(({ cursor }) => cursor)
  const size = fc.integer({ min: 1, max: 5 })
  const cursor = fc.option(fc.constantFrom(...older), { nil: undefined })
  const forwards = fc.record({ first: size, after: cursor }, { requiredKeys: [] })
  const backwards = fc.record({ last: size, before: cursor }, { requiredKeys: ['last'] })
  let made = 0
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 6 }), fc.oneof(forwards, backwards), async (count, page) => {
      const tag = `v2.0.${made++}`
      const given = await publish(world, tag, linksOf(count), page)
      expect(given).toEqual(await readLinks(world, tag, page))
      expect(given?.count).toBe(count)
    }),
    { numRuns: 40 },
  )
})

test('the links in the payload take no statement', async () => {
  const world = await createWorld(app, { repository: { tags: ['v1.0.0', 'v1.0.1', 'v1.0.2', 'v1.0.3'] } })
  await publish(world, 'v1.0.1', linksOf(2), {})
  const statements = async (tag: string, count: number) =>
    (await app.statementsOf(() => publish(world, tag, linksOf(count), {}))).length
  expect(await statements('v1.0.2', 50)).toBe(3)
  expect(await statements('v1.0.3', 0)).toBe(3)
})
