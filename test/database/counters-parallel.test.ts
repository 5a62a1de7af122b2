import { type DatabaseError, Pool, type PoolClient } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase } from '../support/database.ts'
import { wrongValues } from './kept-values.ts'

const WRITERS = 20

let pool: Pool
let close = async () => {}

beforeAll(async () => {
  const database = await createDatabase()
  pool = new Pool({ connectionString: database.url, max: WRITERS })
  close = async () => {
    await pool.end()
    await database.drop()
  }
})
afterAll(() => close())

let count = 0

type Tree = { top: number; groups: number[]; projects: number[]; releases: number[] }

/** A top group with three below each other, a project with a release in each. */
async function createTree(): Promise<Tree> {
  const insert = async (sql: string) => (await pool.query<{ id: number }>(`${sql} RETURNING id`)).rows[0]?.id ?? 0
  const tree: Tree = { top: 0, groups: [], projects: [], releases: [] }
  for (let n = 0; n < 4; n++) {
    const parent = tree.groups.at(-1) ?? 'NULL'
    const group = await insert(`INSERT INTO groups (parent_id, name, path) VALUES (${parent}, 'G', 'g${++count}')`)
    const project = await insert(`INSERT INTO projects (group_id, name, path) VALUES (${group}, 'P', 'p${count}')`)
    tree.groups.push(group)
    tree.projects.push(project)
    tree.releases.push(await insert(`INSERT INTO releases (project_id, tag) VALUES (${project}, 'first')`))
  }
  return { ...tree, top: tree.groups[0] ?? 0 }
}

async function transaction(run: (client: PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    await run(client)
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
}

const inParallel = (run: (client: PoolClient, n: number) => Promise<void>) =>
  Promise.all(Array.from({ length: WRITERS }, (_, n) => transaction((client) => run(client, n))))

const at = (ids: readonly number[], n: number) => ids[n % ids.length] ?? 0

async function createRelease(client: PoolClient, project: number): Promise<void> {
  const tag = `v${++count}`
  await client.query(
    `WITH made AS (INSERT INTO releases (project_id, tag) VALUES ($1, $2) RETURNING id)
     INSERT INTO asset_links (release_id, name, url) SELECT id, n::text, 'https://' || n FROM made, generate_series(1, 2) n`,
    [project, tag],
  )
}

const totalsOf = async ({ top }: Tree) =>
  (await pool.query('SELECT projects_count AS projects, releases_count AS releases FROM groups WHERE id = $1', [top]))
    .rows[0]

async function expectNothingWrong(): Promise<void> {
  const client = await pool.connect()
  expect(await wrongValues(client)).toEqual([])
  client.release()
}

test('20 transactions that each add releases to two projects of a tree, in any order, neither deadlock nor miscount', async () => {
  const tree = await createTree()
  await inParallel(async (client, n) => {
    await createRelease(client, at(tree.projects, n))
    await createRelease(client, at(tree.projects, n * 3 + 1))
  })
  expect(await totalsOf(tree)).toEqual({ projects: 4, releases: 4 + 2 * WRITERS })
  await expectNothingWrong()
})

test('links that are added to releases while others are added to the same releases neither deadlock nor miscount', async () => {
  const tree = await createTree()
  await inParallel(async (client, n) => {
    if (n % 4 === 0) return createRelease(client, at(tree.projects, n / 4))
    const sql = 'INSERT INTO asset_links (release_id, name, url) VALUES ($1, $2, $3)'
    await client.query(sql, [at(tree.releases, n), `link ${n}`, `https://example.com/${n}`])
  })
  expect(await totalsOf(tree)).toEqual({ projects: 4, releases: 4 + WRITERS / 4 })
  await expectNothingWrong()
})

test('20 projects that are made in one tree, each with a release, neither deadlock nor miscount', async () => {
  const tree = await createTree()
  await inParallel(async (client, n) => {
    const sql = `INSERT INTO projects (group_id, name, path) VALUES ($1, 'P', $2) RETURNING id`
    const { rows } = await client.query<{ id: number }>(sql, [at(tree.groups, n), `new-${n}`])
    await createRelease(client, rows[0]?.id ?? 0)
  })
  expect(await totalsOf(tree)).toEqual({ projects: 4 + WRITERS, releases: 4 + WRITERS })
  await expectNothingWrong()
})

test('issues that are added to and closed in one milestone at the same time are all counted', async () => {
  const tree = await createTree()
  const project = tree.projects[0]
  const { rows } = await pool.query<{ id: number }>(
    `INSERT INTO milestones (project_id, iid, title) VALUES ($1, 1, 'M') RETURNING id`,
    [project],
  )
  await inParallel(async (client, n) => {
    const values = [project, n, rows[0]?.id]
    await client.query(`INSERT INTO issues (project_id, iid, title, milestone_id) VALUES ($1, $2, 'I', $3)`, values)
    await client.query(`UPDATE issues SET state = 'closed' WHERE project_id = $1 AND iid = $2`, [project, n])
  })
  const { rows: milestones } = await pool.query('SELECT issues_count, closed_issues_count FROM milestones')
  expect(milestones).toEqual([{ issues_count: WRITERS, closed_issues_count: WRITERS }])
  await expectNothingWrong()
})

test('moves, renames, deletions and new dates while releases are added neither deadlock nor miscount', async () => {
  const tree = await createTree()
  const other = await createTree()
  const changes: ((n: number) => [sql: string, values: number[]])[] = [
    (n) => ['UPDATE projects SET group_id = $1 WHERE id = $2', [at(other.groups, n), at(tree.projects, n)]],
    (n) => ['UPDATE groups SET parent_id = $1 WHERE id = $2', [at(other.groups, n), at(tree.groups, 1 + (n % 3))]],
    (n) => [`UPDATE groups SET path = 'r' || $1::int WHERE id = $2`, [n, at(tree.groups, n)]],
    (n) => ['DELETE FROM projects WHERE id = $1', [at(tree.projects.slice(3), n)]],
    (n) => [`UPDATE releases SET released_at = now() + $1 * interval '1 day' WHERE id = $2`, [n, at(tree.releases, n)]],
  ]
  const gone = '23503'
  await inParallel(async (client, n) => {
    const change = changes[n % changes.length]
    if (change && n % 2 === 0) await client.query(...change(n))
    else
      await createRelease(client, at(tree.projects, n)).catch((error: DatabaseError) => expect(error.code).toBe(gone))
  })
  await expectNothingWrong()
})
