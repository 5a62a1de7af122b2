// What a search reads and takes among 100,000 projects. docs/decisions/0049-finding-projects.md has the times.
import { describe, expect, test } from 'vitest'
import { withConnection } from '../../../src/database/connections/connection.ts'
import { query } from '../../support/client.ts'
import { largeViewers, useLargeWorld } from './large-world.ts'

const { app, tokens, costOf } = useLargeWorld()

const WORDS = [
  ['every project', 'service'],
  ['every seventh project', 'library'],
  ['every 23rd project', 'harbours'],
  ['every 97th project', 'lantern'],
  ['every 997th project', 'beacon'],
  ['every 5,000th project', 'signal'],
  ['no project', 'nowhere'],
  ['the older half', 'elderly'],
  ['the newer half', 'recent'],
  ['the oldest 6,000', 'ancient'],
  ['the half that comes last by name', 'nether'],
] as const

const PAGES = [
  ['id_desc', 20],
  ['id_desc', 100],
  ['id_asc', 100],
  ['name_asc', 100],
  ['path_desc', 100],
  ['latest_activity_desc', 100],
  ['similarity', 100],
] as const

const GROUP_PAGES = [
  ['ID_DESC', 20],
  ['ID_ASC', 100],
  ['NAME_ASC', 100],
  ['ACTIVITY_DESC', 100],
  ['SIMILARITY', 100],
] as const

describe.each(largeViewers)('%s', (viewer) => {
  const ask = (args: string, fields = 'nodes { name }', field = 'projects') =>
    costOf(async () => {
      const { errors } = await query(app, `{ ${field}(${args}) { ${fields} } }`, {}, { token: tokens[viewer] })
      expect(errors).toBeUndefined()
    })

  // A search reads the matches among 4,000 ids at a time, until it has a page by id, or 501 matches for a count and other orders. Then it
  // reads the projects that it found.
  test.each(WORDS)('a search for a word in %s reads few rows', { timeout: 300_000 }, async (where, word) => {
    const times: string[] = []
    for (const [sort, first] of PAGES) {
      const { rows, ms } = await ask(`search: "${word}", sort: "${sort}", first: ${first}`)
      times.push(`${sort} ${first}: ${rows} rows, ${ms.toFixed(1)} ms`)
      expect(rows, sort).toBeLessThanOrEqual(sort.startsWith('id') ? 4300 : 6100)
    }
    const { rows, ms } = await ask(`search: "${word}", first: 0`, 'count')
    console.info(`${viewer}, a word in ${where}: ${times.join('; ')}; count: ${rows} rows, ${ms.toFixed(1)} ms`)
    expect(rows).toBeLessThanOrEqual(10_400)
  })

  test.each([
    ['a group', 'false'],
    ['a group and the groups below it', 'true'],
  ])('a search in %s reads few rows', { timeout: 300_000 }, async (where, includeSubgroups) => {
    const askIn = (args: string, fields = 'nodes { name }') =>
      ask(`fullPath: "company"`, `projects(includeSubgroups: ${includeSubgroups}, ${args}) { ${fields} }`, 'group')
    for (const [, word] of WORDS) {
      const times: string[] = []
      for (const [sort, first] of GROUP_PAGES) {
        const { rows, ms } = await askIn(`search: "${word}", sort: ${sort}, first: ${first}`)
        times.push(`${sort} ${first}: ${rows} rows, ${ms.toFixed(1)} ms`)
        expect(rows, `${word} ${sort}`).toBeLessThanOrEqual(sort.startsWith('ID') ? 4300 : 6100)
      }
      const { rows, ms } = await askIn(`search: "${word}", first: 0`, 'count')
      console.info(`${viewer}, "${word}" in ${where}: ${times.join('; ')}; count: ${rows} rows, ${ms.toFixed(1)} ms`)
      expect(rows, `${word} count`).toBeLessThanOrEqual(10_400)
    }
  })

  // Of what comes first in the order those are read, too, that the viewer may not see.
  test('a list without a search reads few rows in each order', async () => {
    for (const sort of ['id_desc', 'name_asc', 'path_desc', 'latest_activity_desc', 'latest_activity_asc']) {
      const { rows, ms } = await ask(`sort: "${sort}", first: 100`)
      console.info(`${viewer}, ${sort}: ${rows} rows, ${ms.toFixed(1)} ms`)
      expect(rows, sort).toBeLessThanOrEqual(500)
    }
  })

  test('matches that the viewer may not see are not read', async () => {
    const { rows, ms } = await ask('search: "wraps"')
    console.info(`${viewer}, a word in 20,000 hidden projects: ${rows} rows, ${ms.toFixed(1)} ms`)
    expect(rows).toBeLessThanOrEqual(viewer === 'a member of 100 groups' ? 1800 : 200)
  })

  test('every project that a search finds may be read', async () => {
    for (const sort of ['id_desc', 'name_asc']) {
      const document = `{ projects(search: "service", sort: "${sort}", first: 100) { nodes { visibility group { path } } } }`
      type Found = { projects: { nodes: { visibility: string; group: { path: string } }[] } }
      const { data } = await query<Found, object>(app, document, {}, { token: tokens[viewer] })
      const groups = Number(/\d+/.exec(viewer)?.[0] ?? 0)
      for (const { visibility, group } of data.projects.nodes) {
        const number = Number(group.path.slice('team-'.length))
        const isMember = number % 7 === 0 && number / 7 <= groups
        const allowed = groups > 0 ? ['public', 'internal'] : ['public']
        expect(isMember || allowed.includes(visibility), `${visibility} in ${group.path}`).toBe(true)
      }
      expect(data.projects.nodes).toHaveLength(100)
    }
  })
})

type Page = {
  count: number
  nodes: { id: string; name: string }[]
  pageInfo: { endCursor: string; startCursor: string }
}

async function list(args: string, group?: { path: string; args: string }) {
  const projects = `projects(${args} ${group?.args ?? ''}) { count nodes { id name } pageInfo { startCursor endCursor } }`
  const document = group ? `{ of: group(fullPath: "${group.path}") { ${projects} } }` : `{ ${projects} }`
  type Data = { of?: { projects: Page }; projects: Page }
  const { data } = await query<Data, object>(app, document, {}, { token: null })
  const page = (data.of ?? data).projects
  return { ...page, ids: page.nodes.map(({ id }) => Number(id.split('/').at(-1))) }
}

const matching = (where: string, condition = 'true') =>
  withConnection(app.databaseUrl, async (client) => {
    const { rows } = await client.query<{ id: number }>(
      `SELECT id FROM projects WHERE visibility = 'public' AND description LIKE '%${where}%' AND ${condition} ORDER BY id`,
    )
    return rows.map(({ id }) => id)
  })

test.each(['asc', 'desc'])('pages by id_%s give every match once, forward and backward', async (direction) => {
  const all = await matching('harbours')
  const sorted = direction === 'asc' ? all : all.toReversed()
  const args = `search: "harbours", sort: "id_${direction}"`
  const forward: number[] = []
  for (let after = ''; forward.length < sorted.length; ) {
    const page = await list(`${args}, first: 100, after: "${after}"`)
    expect(page.count).toBe(501)
    forward.push(...page.ids)
    after = page.pageInfo.endCursor
  }
  expect(forward).toEqual(sorted)
  const backward: number[] = []
  for (let before = ''; backward.length < sorted.length; ) {
    const page = await list(`${args}, last: 100, before: "${before}"`)
    backward.unshift(...page.ids)
    before = page.pageInfo.startCursor
  }
  expect(backward).toEqual(sorted)
})

test.each([
  ['a group', { path: 'company', args: '' }, 'group_id = 1000'],
  ['a group and the groups below it', { path: 'company', args: 'includeSubgroups: true' }, 'true'],
] as const)('pages of a search in %s give every match once, forward and backward', async (_where, group, condition) => {
  const all = await matching('harbours', condition)
  const forward: number[] = []
  for (let after = ''; forward.length < all.length; ) {
    const page = await list(`search: "harbours", sort: ID_ASC, first: 100, after: "${after}"`, group)
    expect(page.count).toBe(501)
    forward.push(...page.ids)
    after = page.pageInfo.endCursor
  }
  expect(forward).toEqual(all)
  const backward: number[] = []
  for (let before = ''; backward.length < all.length; ) {
    const page = await list(`search: "harbours", sort: ID_ASC, last: 100, before: "${before}"`, group)
    backward.unshift(...page.ids)
    before = page.pageInfo.startCursor
  }
  expect(backward).toEqual(all)
  const few = await list('search: "beacon", sort: NAME_ASC, first: 100', group)
  const beacons = await matching('beacon', condition)
  expect(few.count).toBe(beacons.length)
  expect(few.ids.toSorted((a, b) => a - b)).toEqual(beacons)
})

test.each(['false', 'true'])(
  'in groups with few projects a search reads them and asks no index for words (subgroups: %s)',
  async (below) => {
    const projects = `projects(includeSubgroups: ${below}, search: "service") { count nodes { name } }`
    type Data = { groups: { nodes: { projects: Page }[] } }
    const run = async () => {
      const { data } = await query<Data, object>(app, `{ groups(search: "team", first: 50) { nodes { ${projects} } } }`)
      for (const { projects: found } of data.groups.nodes) expect(found.count).toBe(found.nodes.length)
      expect(data.groups.nodes.filter(({ projects: found }) => found.count > 5).length).toBeGreaterThan(20)
    }
    const indexes = (await app.stepsOf(run)).map((step) => step['Index Name'])
    expect(indexes).toContain('searched_projects_pkey')
    expect(indexes).not.toContain('projects_viewer_search')
  },
)

test('a list without a search is counted up to 10,001', async () => {
  expect((await list('first: 1')).count).toBe(10_001)
})

test('another order sorts the newest 500 matches', async () => {
  const newest = new Set((await matching('service')).slice(-500))
  const found: number[] = []
  for (let after = ''; ; ) {
    const page = await list(`search: "service", sort: "name_asc", first: 100, after: "${after}"`)
    if (page.ids.length === 0) break
    found.push(...page.ids)
    after = page.pageInfo.endCursor
  }
  expect(new Set(found)).toEqual(newest)
  expect(found).toHaveLength(500)
})

test('a project that is called just as the search is found before all others, however old', async () => {
  await withConnection(app.databaseUrl, (client) =>
    client.query(`UPDATE projects SET name = 'Service', path = 'service' WHERE id = (
      SELECT min(id) FROM projects WHERE visibility = 'public')`),
  )
  const { nodes } = await list('search: "service", sort: "similarity", first: 1')
  expect(nodes.map(({ name }) => name)).toEqual(['Service'])
})
