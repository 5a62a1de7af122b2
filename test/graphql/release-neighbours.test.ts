import { beforeAll, expect, test } from 'vitest'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { createWorld, type ViewerName, viewers, type World } from '../support/world.ts'

const app = useApp()

let world: World

beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'private' }, tag: 'v1.0.0' })
  const other = await create.createProject({ groupId: world.group.id })
  for (const tag of ['v2.0.0', 'v1.0.0-rc.1', 'nightly', 'v1.1.0', 'app-1.1.0']) {
    await create.createRelease(world.project, { tag, sha: null })
  }
  for (const tag of ['v0.9.0', 'v1.0.1', 'v3.0.0']) await create.createRelease(other, { tag })
}, 60_000)

type Node = { tagName: string | null; previous: Node | null; next: Node | null }
type Data = { project: { releases: { nodes: Node[] } } }

const ask = (viewer: ViewerName, first: number) =>
  query<Data, object>(
    app,
    `{ project(fullPath: "${world.project.fullPath}") { releases(first: ${first}) {
      nodes { tagName previous { tagName name } next { tagName project: previous { tagName } } } } } }`,
    {},
    { token: world.tokens[viewer] },
  )

test('previous and next follow the order of versions within the project', async () => {
  const { data } = await ask('reporter', 100)
  const found = data.project.releases.nodes.map(({ tagName, previous, next }) => [
    tagName,
    [previous?.tagName ?? null, next?.tagName ?? null],
  ])
  expect(Object.fromEntries(found)).toEqual({
    'v1.0.0-rc.1': [null, 'v1.0.0'],
    'v1.0.0': ['v1.0.0-rc.1', 'v1.1.0'],
    'v1.1.0': ['v1.0.0', 'app-1.1.0'],
    'app-1.1.0': ['v1.1.0', 'v2.0.0'],
    'v2.0.0': ['app-1.1.0', null],
    nightly: [null, null],
  })
})

test('only a viewer who may read the code learns of the neighbours', async () => {
  for (const viewer of viewers) {
    const { data, errors } = await ask(viewer, 100)
    expect(errors).toBeUndefined()
    const told = (data.project?.releases.nodes ?? []).filter(({ previous, next }) => previous || next)
    const reads = viewers.indexOf(viewer) >= viewers.indexOf('reporter')
    expect([viewer, told.length]).toEqual([viewer, reads ? 5 : 0])
  }
})

test('the neighbours of a page take as many statements as those of one release', async () => {
  const count = async (first: number) => (await app.statementsOf(() => ask('reporter', first))).length
  // An answer that is kept would need fewer statements, so each page is another query.
  const counts = [await count(2), await count(3), await count(6)]
  expect(new Set(counts).size).toBe(1)
  expect(counts[0]).toBeLessThanOrEqual(8)
})

test('a kept answer names the new neighbour when there is one', async () => {
  const latest = async () =>
    (await ask('reporter', 7)).data.project.releases.nodes.find(({ tagName }) => tagName === 'v2.0.0')
  expect((await latest())?.next).toBeNull()
  expect((await latest())?.next).toBeNull()
  await create.createRelease(world.project, { tag: 'v2.1.0' })
  expect((await latest())?.next?.tagName).toBe('v2.1.0')
})
