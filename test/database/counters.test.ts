import fc from 'fast-check'
import { Client, DatabaseError } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectDatabase, db } from '../../src/database/db.ts'
import { createDatabase } from '../support/database.ts'
import { wrongValues } from './kept-values.ts'

let client: Client
let close = async () => {}

beforeAll(async () => {
  const database = await createDatabase()
  const prisma = connectDatabase({ url: database.url })
  client = new Client(database.url)
  await client.connect()
  close = async () => {
    await client.end()
    await prisma.$disconnect()
    await database.drop()
  }
})
afterAll(() => close())

let count = 0

/** Some row of the table: `at` counts around. */
const any = (table: string, at: number) => `(
  SELECT id FROM ${table} ORDER BY id OFFSET ${at} % (SELECT greatest(count(*), 1) FROM ${table}) LIMIT 1)`

async function ids(table: 'releases' | 'projects' | 'milestones'): Promise<number[]> {
  return (await client.query<{ id: number }>(`SELECT id FROM ${table} ORDER BY id`)).rows.map(({ id }) => id)
}

const pick = (from: readonly number[], at: number) => from[at % Math.max(from.length, 1)] ?? 0

/** Each write takes two numbers that choose the rows it falls on. */
type Write = (a: number, b: number) => Promise<unknown>

const sql =
  (statement: (a: number, b: number, n: number) => string): Write =>
  (a, b) =>
    client.query(statement(a, b, ++count))

const some = (table: string, a: number) => `SELECT id FROM ${table} WHERE id % 3 = ${a % 3}`

const releaseWrites: Record<string, Write> = {
  'a release': sql((a, _b, n) => `INSERT INTO releases (project_id, tag) SELECT ${any('projects', a)}, 'v${n}'`),
  'releases of all projects': sql(
    (a, _b, n) => `
    INSERT INTO releases (project_id, tag, released_at)
    SELECT id, 'v${n}', now() - interval '${a} days' FROM projects`,
  ),
  'releases through Prisma': async (a, b) => {
    const projects = await ids('projects')
    if (projects.length === 0) return
    const data = [a, a, b].map((at) => ({ projectId: pick(projects, at), tag: `v${++count}` }))
    await db.release.createMany({ data, skipDuplicates: true })
  },
  'a release with links through Prisma': async (a) => {
    const links = {
      create: [
        { name: 'a', url: 'https://a' },
        { name: 'b', url: 'https://b' },
      ],
    }
    const projects = await ids('projects')
    if (projects.length === 0) return
    await db.release.create({ data: { projectId: pick(projects, a), tag: `v${++count}`, links } })
  },
  'a release or its new name': sql(
    (a, b) => `
    INSERT INTO releases (project_id, tag, name) SELECT id, 'v' || ${a % 5}, 'n' FROM projects WHERE id % 2 = ${b % 2}
    ON CONFLICT (project_id, tag) DO UPDATE SET name = 'again', released_at = '2026-01-01', updated_at = now()`,
  ),
  'other dates': sql(
    (a, b) => `
    UPDATE releases SET released_at = now() + interval '${b} hours' WHERE id IN (${some('releases', a)})`,
  ),
  'another date through Prisma': async (a, b) =>
    db.release.updateMany({ where: { id: pick(await ids('releases'), a) }, data: { releasedAt: new Date(b * 1e9) } }),
  'releases that move': sql(
    (a, b, n) => `
    UPDATE releases SET project_id = ${any('projects', b)}, tag = id || 'm${n}' WHERE id IN (${some('releases', a)})`,
  ),
  'releases that change places': sql(
    (a, b, n) => `
    UPDATE releases r SET project_id = o.project_id, tag = r.id || 'w${n}' FROM releases o
    WHERE (r.id, o.id) IN ((${any('releases', a)}, ${any('releases', b)}), (${any('releases', b)}, ${any('releases', a)}))`,
  ),
  'a deleted release': sql((a) => `DELETE FROM releases WHERE id = ${any('releases', a)}`),
  'deleted releases': sql((a) => `DELETE FROM releases WHERE id IN (${some('releases', a)})`),
  links: sql(
    (a, _b, n) => `
    INSERT INTO asset_links (release_id, name, url) SELECT id, 'l${n}', 'https://${n}' FROM releases WHERE id % 3 = ${a % 3}`,
  ),
  'a link that moves': sql(
    (a, b, n) => `
    UPDATE asset_links SET release_id = ${any('releases', b)}, name = 'm${n}' WHERE id = ${any('asset_links', a)}`,
  ),
  'deleted links': sql((a) => `DELETE FROM asset_links WHERE id IN (${some('asset_links', a)})`),
  'what is rolled back': sql(
    (a, b, n) => `
    BEGIN; INSERT INTO releases (project_id, tag) SELECT ${any('projects', a)}, 'x${n}';
    DELETE FROM releases WHERE id = ${any('releases', b)}; ROLLBACK`,
  ),
}

const issueWrites: Record<string, Write> = {
  'a milestone': sql(
    (a, _b, n) => `INSERT INTO milestones (project_id, iid, title) SELECT ${any('projects', a)}, ${n}, 'M${n}'`,
  ),
  issues: sql(
    (a, b, n) => `
    INSERT INTO issues (project_id, iid, title, milestone_id, state)
    SELECT m.project_id, ${n} * 10 + i, 'I', m.id, (ARRAY['opened', 'closed'])[i]::"IssueState"
    FROM milestones m, generate_series(1, 2) i WHERE m.id IN (${any('milestones', a)}, ${any('milestones', b)})`,
  ),
  'an issue through Prisma': async (a) => {
    const milestone = await db.milestone.findUnique({ where: { id: pick(await ids('milestones'), a) } })
    const { id, projectId } = milestone ?? {}
    if (id && projectId) await db.issue.create({ data: { projectId, iid: ++count * 10, title: 'I', milestoneId: id } })
  },
  'issues that close': sql((a) => `UPDATE issues SET state = 'closed' WHERE id IN (${some('issues', a)})`),
  'issues that open again': sql((a) => `UPDATE issues SET state = 'opened' WHERE id IN (${some('issues', a)})`),
  'issues of another milestone': sql(
    (a) => `
    UPDATE issues i SET milestone_id = (SELECT max(id) FROM milestones m WHERE m.project_id = i.project_id)
    WHERE id IN (${some('issues', a)})`,
  ),
  'an issue of no milestone': sql((a) => `UPDATE issues SET milestone_id = NULL WHERE id = ${any('issues', a)}`),
  'deleted issues': sql((a) => `DELETE FROM issues WHERE id IN (${some('issues', a)})`),
  'a deleted milestone': sql((a) => `DELETE FROM milestones WHERE id = ${any('milestones', a)}`),
}

const namespaceWrites: Record<string, Write> = {
  'a group': sql((a, _b, n) => `INSERT INTO groups (parent_id, name, path) SELECT ${any('groups', a)}, 'G', 'g${n}'`),
  'a project': sql(
    (a, _b, n) => `INSERT INTO projects (group_id, name, path) SELECT ${any('groups', a)}, 'P', 'p${n}'`,
  ),
  'a project that moves': sql(
    (a, b) => `UPDATE projects SET group_id = ${any('groups', b)} WHERE id = ${any('projects', a)}`,
  ),
  'projects that move': sql(
    (a, b) => `UPDATE projects SET group_id = ${any('groups', b)} WHERE id IN (${some('projects', a)})`,
  ),
  'a project with a new path': async (a) =>
    db.project.updateMany({ where: { id: pick(await ids('projects'), a) }, data: { path: `p${++count}` } }),
  'a group that moves': sql(
    (a, b) => `UPDATE groups SET parent_id = ${any('groups', b)} WHERE id = ${any('groups', a)}`,
  ),
  'a group that moves to the top': sql((a) => `UPDATE groups SET parent_id = NULL WHERE id = ${any('groups', a)}`),
  'a group with a new path': sql((a, _b, n) => `UPDATE groups SET path = 'g${n}' WHERE id = ${any('groups', a)}`),
  'a path by hand': sql((a) => `UPDATE groups SET full_path = 'x', ancestor_ids = '{}' WHERE id = ${any('groups', a)}`),
  'a deleted project': sql((a) => `DELETE FROM projects WHERE id = ${any('projects', a)}`),
  'a deleted group below another': sql(
    (a) => `DELETE FROM groups WHERE parent_id IS NOT NULL AND id = ${any('groups', a)}`,
  ),
}

const writes = { ...releaseWrites, ...issueWrites, ...namespaceWrites }

/** Some writes break a rule, such as putting a group below itself. A refused write changes nothing. */
const isRefusal = (error: unknown) =>
  (error instanceof DatabaseError && error.code?.startsWith('23') === true) ||
  (error as { code?: string }).code === 'P2002'

async function createTree(): Promise<void> {
  await client.query(`
    TRUNCATE groups, users CASCADE;
    INSERT INTO groups (id, parent_id, name, path) VALUES (1, NULL, 'A', 'a'), (2, 1, 'B', 'b'), (3, 2, 'C', 'c'), (4, 1, 'D', 'd'), (5, NULL, 'E', 'e');
    INSERT INTO projects (id, group_id, name, path) VALUES (1, 3, 'P', 'p'), (2, 3, 'Q', 'q'), (3, 4, 'R', 'r'), (4, 1, 'S', 's'), (5, 5, 'T', 't');
    INSERT INTO milestones (id, project_id, iid, title) VALUES (1, 1, 1, 'M'), (2, 1, 2, 'N'), (3, 3, 1, 'O');
    INSERT INTO releases (id, project_id, tag, released_at) SELECT i, 1 + i % 4, 'r' || i, now() - i * interval '1 day' FROM generate_series(1, 12) i;
    SELECT setval(pg_get_serial_sequence(t, 'id'), 100) FROM unnest('{groups,projects,milestones,releases}'::text[]) t`)
}

const kinds = Object.keys(writes)
const step = fc.record({ write: fc.constantFrom(...kinds), a: fc.nat(50), b: fc.nat(50) })
const each = kinds.map((write) => ({ write, a: 1, b: 3 }))

test('after any writes on any path, every kept value equals what the rows say', { timeout: 60_000 }, async () => {
  const stored = new Set<string>()
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 30 }), async (steps) => {
      await createTree()
      for (const { write, a, b } of steps) {
        try {
          await writes[write]?.(a, b)
          stored.add(write)
        } catch (error) {
          await client.query('ROLLBACK')
          if (!isRefusal(error)) throw error
        }
        expect(await wrongValues(client), write).toEqual([])
      }
    }),
    { numRuns: 12, examples: [[each]] },
  )
  expect(kinds.filter((write) => !stored.has(write))).toEqual([])
})
