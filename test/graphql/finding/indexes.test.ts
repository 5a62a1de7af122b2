import { beforeAll, describe, expect, test } from 'vitest'
import { withConnection } from '../../../src/database/connections/connection.ts'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import { query } from '../../support/client.ts'
import * as create from '../../support/factories.ts'

const app = useApp()
let token: string

/** 4,000 projects in 2,000 groups, one in ten of them private; every 100th description has a rare word. */
const GROUPS = `
  INSERT INTO groups (id, name, path, visibility)
  SELECT 1000 + i, 'Team ' || i, 'team-' || i, 'public' FROM generate_series(1, 2000) i`
const projectsFrom = (from: number) => `
  INSERT INTO projects (group_id, name, path, visibility, description)
  SELECT 1001 + i % 2000, 'Project ' || md5(i::text), 'path-' || i,
         (CASE WHEN i % 10 = 0 THEN 'private' ELSE 'public' END)::"Visibility",
         'A service' || CASE WHEN i % 100 = 1 THEN ' with a beacon on the coast' ELSE '' END
  FROM generate_series(${from + 1}, ${from + 2000}) i`

/** 4,000 releases of one project and 4,000 of others, each with the words of every note. */
const RELEASES = `
  INSERT INTO releases (project_id, tag, description)
  SELECT CASE WHEN i % 2 = 0 THEN (SELECT min(id) + 1 FROM projects) ELSE (SELECT min(id) + 2 FROM projects) + i % 900 END,
         'v' || i, 'Mended the lamp' || CASE WHEN i % 100 = 0 THEN ' and the foghorn' ELSE '' END
  FROM generate_series(1, 8000) i`

beforeAll(async () => {
  token = await create.tokenFor(await create.createUser())
  await withConnection(app.databaseUrl, async (client) => {
    await client.query(GROUPS)
    // Each path takes a lock until the end of its transaction.
    for (let from = 0; from < 4000; from += 2000) await client.query(projectsFrom(from))
    await client.query(RELEASES)
    await client.query('ANALYZE')
    // Without this, PostgreSQL would read so small a table as a whole. It reads one of 100,000 projects by the same indexes.
    await client.query(
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET enable_seqscan = off', current_database()); END $$`,
    )
  })
}, 120_000)

async function stepsOf(selection: string, as: string | null) {
  const steps = await app.stepsOf(async () => {
    const { errors } = await query(app, `{ ${selection} }`, {}, { token: as })
    expect(errors).toBeUndefined()
  })
  const scans = steps.filter((step) => step['Relation Name'] ?? step['Index Name'])
  return { indexes: scans.flatMap((step) => step['Index Name'] ?? []), steps }
}

describe.each([
  ['anonymous', () => null],
  ['signed in', () => token],
])('%s', (_who, as) => {
  test.each([
    ['projects(search: "beacon", first: 20) { count nodes { name } }', 'projects_viewer_search'],
    ['projects(search: "beacon coast", sort: "similarity") { nodes { name } }', 'projects_viewer_search'],
    ['projects(search: "beacon", sort: "latest_activity_desc") { nodes { name } }', 'projects_viewer_search'],
    ['projects(search: "x1") { nodes { name } }', 'projects_viewer_search'],
    ['projects(first: 20) { nodes { name } }', 'projects_pkey'],
    ['projects(first: 20, sort: "name_asc") { nodes { name } }', 'projects_name'],
    ['projects(last: 20, sort: "path_asc") { nodes { name } }', 'projects_path'],
    ['projects(fullPaths: ["team-501/path-500"]) { nodes { name } }', 'projects_lower_full_path_key'],
    ['groups(search: "team-77") { count nodes { name } }', 'groups_search'],
    [
      'group(fullPath: "team-7") { projects(includeSubgroups: true) { count nodes { name } } }',
      'projects_ancestor_ids_idx',
    ],
  ])('%s is read by the index %s', async (selection, index) => {
    const { indexes, steps } = await stepsOf(selection, as())
    expect(indexes).toContain(index)
    const whole = steps.filter(
      (step) => step['Node Type'] === 'Seq Scan' && /^(projects|groups)$/.test(step['Relation Name'] ?? ''),
    )
    expect(whole).toEqual([])
  })
})

test.each([
  ['search: "foghorn"', 'releases_search'],
  ['search: "foghorn", sort: CREATED_ASC, first: 20', 'releases_search'],
])('releases(%s) reads the matches of the project alone, by the index %s', async (args, index) => {
  const path = await withConnection(app.databaseUrl, async (client) => {
    const { rows } = await client.query<{ full_path: string }>(
      'SELECT full_path FROM projects ORDER BY id OFFSET 1 LIMIT 1',
    )
    return rows[0]?.full_path
  })
  const selection = `project(fullPath: "${path}") { releases(${args}) { count nodes { id } } }`
  const { indexes, steps } = await stepsOf(selection, token)
  expect(indexes).toContain(index)
  const read = steps.filter((step) => step['Index Name'] === index)
  for (const step of read) expect(step['Actual Rows']).toBeLessThanOrEqual(80)
})

test('a search in a group reads the matches of its own projects alone', async () => {
  const { full_path: path, in_group: inGroup } = await withConnection(app.databaseUrl, async (client) => {
    const { rows } = await client.query<{ full_path: string; in_group: number }>(
      `SELECT g.full_path, count(*)::int AS in_group FROM groups g JOIN projects p ON p.group_id = g.id JOIN releases r ON r.project_id = p.id
       WHERE p.visibility = 'public' GROUP BY g.id ORDER BY 2 DESC OFFSET 1 LIMIT 1`,
    )
    return rows[0] ?? { full_path: '', in_group: 0 }
  })
  const member = await create.createUser()
  await create.addMember({ group: await db.group.findUniqueOrThrow({ where: { fullPath: path } }) }, member, 'guest')
  const as = await create.tokenFor(member)
  const { indexes, steps } = await stepsOf(
    `group(fullPath: "${path}") { releases(search: "lamp", first: 20) { count nodes { id } } }`,
    as,
  )
  expect(inGroup).toBeGreaterThan(0)
  for (const index of ['releases_search', 'releases_search_notes']) expect(indexes).toContain(index)
  const read = steps.filter((step) => step['Relation Name'] === 'releases')
  expect(read.length).toBeGreaterThan(0)
  for (const step of read) expect(step['Actual Rows']).toBeLessThanOrEqual(inGroup)
})
