// Lists that are in memory as a whole have pages like all other lists.
import { beforeAll, describe, expect, test } from 'vitest'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import { createWorld, type World } from '../support/world.ts'

const app = useApp()

let world: World
beforeAll(async () => {
  world = await createWorld(app)
})

const all = ['zip', 'tar.gz', 'tar.bz2', 'tar']

type Page = {
  count: number
  nodes: { format: string }[]
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null }
}

async function page(window: string) {
  const document = `{ release(id: "gid://gitlab/Release/${world.release.id}") { assets { sources${window} {
    count nodes { format } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  } } } }`
  const { data } = await query<{ release: { assets: { sources: Page } } }, object>(app, document)
  const { nodes, pageInfo, count } = data.release.assets.sources
  expect(count).toBe(all.length)
  return { formats: nodes.map(({ format }) => format), ...pageInfo }
}

describe('the source archives of a release', () => {
  test.each([1, 2, 3, 4, 5])('the source archives of a release come in pages of %i from the front', async (size) => {
    const seen: string[] = []
    for (let after = '', more = true; more; ) {
      const { formats, ...info } = await page(`(first: ${size}${after})`)
      expect(info.hasPreviousPage).toBe(seen.length > 0)
      seen.push(...formats)
      more = info.hasNextPage
      after = `, after: "${info.endCursor}"`
      expect(seen.length <= all.length).toBe(true)
    }
    expect(seen).toEqual(all)
  })

  test.each([1, 2, 3, 4, 5])('the source archives of a release come in pages of %i from the back', async (size) => {
    const seen: string[] = []
    for (let before = '', more = true; more; ) {
      const { formats, ...info } = await page(`(last: ${size}${before})`)
      expect(info.hasNextPage).toBe(seen.length > 0)
      seen.unshift(...formats)
      more = info.hasPreviousPage
      before = `, before: "${info.startCursor}"`
      expect(seen.length <= all.length).toBe(true)
    }
    expect(seen).toEqual(all)
  })

  test('the source archives of a release come between two cursors, and on an empty page', async () => {
    const { startCursor, endCursor } = await page('')
    expect((await page(`(after: "${startCursor}", before: "${endCursor}")`)).formats).toEqual(['tar.gz', 'tar.bz2'])
    expect(await page('(first: 0)')).toEqual({
      ...{ formats: [], hasNextPage: true, hasPreviousPage: false },
      ...{ startCursor: null, endCursor: null },
    })
  })
})
