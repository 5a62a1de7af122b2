// What a search reads and takes among 100,000 projects. docs/decisions/0049-finding-projects.md has the times.
import { beforeAll, describe, expect, test } from 'vitest'
import { withConnection } from '../../../src/database/connections/connection.ts'
import { useApp } from '../../support/app.ts'
import { query } from '../../support/client.ts'
import * as create from '../../support/factories.ts'

const app = useApp({ rateLimits: null })
const tokens: Record<string, string | null> = { anonymous: null }

/** Triggers are off, so the lists of ancestors and the full paths are written here. */
const GROUPS = `
  INSERT INTO groups (id, name, path, full_path, visibility, ancestor_ids)
  SELECT 1000 + i, 'Team ' || i, 'team-' || i, 'team-' || i, 'public', ARRAY[1000 + i] FROM generate_series(1, 2500) i`

/** 3 in 10 are private, 2 internal. One in twenty has a long description. */
const PROJECTS = `
  INSERT INTO projects (id, group_id, name, path, full_path, visibility, ancestor_ids, description)
  SELECT i, 1001 + i * 37 % 2500, 'Project ' || md5(i::text), 'path-' || i, 'team-' || (1 + i * 37 % 2500) || '/path-' || i,
         (CASE WHEN i * 7919 % 100003 % 10 < 3 THEN 'private' WHEN i * 7919 % 100003 % 10 < 5 THEN 'internal' ELSE 'public' END)::"Visibility",
         ARRAY[1001 + i * 37 % 2500],
         'A service' || CASE WHEN i % 7 = 0 THEN ' and library' ELSE '' END || CASE WHEN i % 23 = 0 THEN ' in harbours' ELSE '' END
           || CASE WHEN i % 97 = 0 THEN ' with a lantern' ELSE '' END || CASE WHEN i % 997 = 0 THEN ' and a beacon' ELSE '' END
           || CASE WHEN i * 7919 % 100003 % 10 < 2 THEN ' under wraps' ELSE '' END
           || repeat(' ' || md5((i * 31)::text), CASE WHEN i % 20 = 0 THEN 60 ELSE i % 4 END)
  FROM generate_series(1, 100000) i`

async function createMember(groups: number): Promise<string> {
  const user = await create.createUser()
  await withConnection(app.databaseUrl, (client) =>
    client.query(
      'INSERT INTO group_members (group_id, user_id, role) SELECT 1000 + i * 7, $1, 10 FROM generate_series(1, $2::int) i',
      [user.id, groups],
    ),
  )
  return create.tokenFor(user)
}

beforeAll(async () => {
  await withConnection(app.databaseUrl, async (client) => {
    const { rows } = await client.query<{ indexdef: string }>(
      `SELECT indexdef FROM pg_indexes WHERE indexname = 'projects_viewer_search'`,
    )
    await client.query('SET session_replication_role = replica')
    await client.query('DROP INDEX projects_viewer_search')
    await client.query(GROUPS)
    await client.query(PROJECTS)
    await client.query(rows[0]?.indexdef ?? '')
    await client.query('VACUUM ANALYZE')
  })
  tokens['a member of 3 groups'] = await createMember(3)
  tokens['a member of 100 groups'] = await createMember(100)
}, 300_000)

/** The rows of projects that PostgreSQL read, and the time that it took. */
async function costOf(selection: string, token: string | null) {
  const steps = await app.stepsOf(async () => {
    const { errors } = await query(app, `{ ${selection} }`, {}, { token })
    expect(errors).toBeUndefined()
  })
  const rows = steps
    .filter((step) => step['Relation Name'] === 'projects')
    .map((step) => (step['Actual Rows'] + (step['Rows Removed by Filter'] ?? 0)) * step['Actual Loops'])
  return {
    rows: rows.reduce((sum, each) => sum + each, 0),
    ms: Math.max(...steps.map((step) => step['Actual Total Time'])),
  }
}

describe.each(['anonymous', 'a member of 3 groups', 'a member of 100 groups'])('%s', (viewer) => {
  const ask = (args: string, fields = 'nodes { name }') =>
    costOf(`projects(${args}) { ${fields} }`, tokens[viewer] ?? null)

  test.each([
    ['in every project', 'service', 400],
    ['in every seventh project', 'library', 2000],
    ['in every 23rd project', 'harbours', 8000],
    ['in every 97th project', 'lantern', 5000],
    ['in every 997th project', 'beacon', 4200],
    ['in no project', 'nowhere', 4000],
  ])('a page of a word %s reads few rows', async (_frequency, word, most) => {
    for (const sort of ['id_desc', 'name_asc', 'path_desc']) {
      for (const first of [20, 100]) {
        const { rows, ms } = await ask(`search: "${word}", sort: "${sort}", first: ${first}`)
        console.info(`${viewer}, "${word}", ${sort}, ${first} rows: ${rows} read, ${ms.toFixed(1)} ms`)
        expect(rows).toBeLessThanOrEqual(most)
      }
    }
  })

  test('matches that the viewer may not see are not read', async () => {
    const { rows } = await ask('search: "wraps"')
    // The beginning of the list, and what members may see.
    expect(rows).toBeLessThanOrEqual(4000 + (viewer === 'a member of 100 groups' ? 4000 : 120))
  })

  test('every project that a search finds may be read, from the beginning of the list and from the index', async () => {
    for (const word of ['service', 'beacon']) {
      const document = `{ projects(search: "${word}", first: 100) { nodes { visibility group { path } } } }`
      type Found = { projects: { nodes: { visibility: string; group: { path: string } }[] } }
      const { data } = await query<Found, object>(app, document, {}, { token: tokens[viewer] ?? null })
      const groups = Number(/\d+/.exec(viewer)?.[0] ?? 0)
      for (const { visibility, group } of data.projects.nodes) {
        const number = Number(group.path.slice('team-'.length))
        const isMember = number % 7 === 0 && number / 7 <= groups
        const allowed = groups > 0 ? ['public', 'internal'] : ['public']
        expect(isMember || allowed.includes(visibility), `${visibility} in ${group.path}`).toBe(true)
      }
      expect(data.projects.nodes.length).toBeGreaterThan(50)
    }
  })

  test.each(['service', 'library', 'beacon'])('the matches of "%s" are counted up to a bound', async (word) => {
    const { rows, ms } = await ask(`search: "${word}", first: 0`, 'count')
    console.info(`${viewer}, count of "${word}": ${rows} read, ${ms.toFixed(1)} ms`)
    expect(rows).toBeLessThanOrEqual(10_001 + 4000)
  })
})
