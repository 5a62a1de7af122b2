import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { role } from '../../src/access/roles.ts'
import { anonymous, type Viewer } from '../../src/access/viewer.ts'
import { visibleReleases } from '../../src/access/visibility.ts'
import type { Context } from '../../src/context/context.ts'
import { connectDatabase, db } from '../../src/database/db.ts'
import type { Group, Project, Release, User } from '../../src/generated/prisma/client.ts'
import { findEvidenceBySha } from '../../src/modules/evidence/find-evidence.ts'
import { latestRelease } from '../../src/modules/releases/latest-release.ts'
import { releasesOfGroup, releasesOfMilestone, releasesOfProject } from '../../src/modules/releases/release-loaders.ts'
import { groupOrders, milestoneOrder, projectOrders, semverOrders } from '../../src/modules/releases/release-orders.ts'
import { cursorIn, type Order } from '../../src/rows/keyset.ts'
import type { Window } from '../../src/rows/window.ts'
import { createDatabase } from '../support/database.ts'
import { explain, type Statement, type Step } from './explain.ts'

const GROUP = 1
const MILESTONE = 1
const PAGE = 20
const DEEP = 15_000

/** Project 1 has 20,000 releases, 20 others 100 each; one in ten has no version, dates repeat, the highest are prereleases. */
const ROWS = `
  INSERT INTO groups (id, parent_id, name, path, visibility) VALUES (1, NULL, 'A', 'a', 'public'), (2, 1, 'B', 'b', 'public');
  INSERT INTO projects (id, group_id, name, path, visibility) SELECT i, 2, 'P', 'p' || i, 'public' FROM generate_series(1, 21) i;
  INSERT INTO releases (project_id, tag, semver_key, prerelease, released_at, created_at)
  SELECT CASE WHEN i <= 20000 THEN 1 ELSE 2 + i % 20 END, 'v' || i,
         CASE WHEN i % 10 = 0 THEN '' ELSE lpad((i * 7919 % 20011)::text, 8, '0') END, i * 7919 % 20011 > 13000 AND i % 10 <> 0,
         timestamptz '2026-01-01' - i * 7919 % 20011 / 3 * interval '1 hour', timestamptz '2026-01-01' + i / 3 * interval '1 hour'
  FROM generate_series(1, 22000) i;
  INSERT INTO milestones (id, group_id, iid, title) SELECT i, 1, i, 'M' || i FROM generate_series(1, 5) i;
  INSERT INTO evidences (release_id, summary, sha)
  SELECT id, '{}', encode(sha256(id::text::bytea), 'hex') FROM releases WHERE id % 10 = 0;
  INSERT INTO milestone_releases SELECT 1 + r.id % 5 * (r.id % 10 / 9), r.id FROM releases r;
  ANALYZE`

let client: Client
let sent: Statement[] = []
let project: Project
let group: Group
let member: User
let close = async () => {}

beforeAll(async () => {
  const database = await createDatabase()
  client = new Client(database.url)
  await client.connect()
  await client.query(ROWS)
  // The values are kept as well, because the plan depends on them.
  const onStatement = (text: string, values: string) => void sent.push({ text, values: JSON.parse(values) })
  const prisma = connectDatabase({ url: database.url, onStatement })
  project = await db.project.findUniqueOrThrow({ where: { id: 1 } })
  group = await db.group.findUniqueOrThrow({ where: { id: GROUP } })
  member = await db.user.create({ data: { username: 'ada', name: 'Ada' } })
  close = async () => {
    await client.end()
    await prisma.$disconnect()
    await database.drop()
  }
}, 30_000)
afterAll(() => close())

const contextOf = (viewer: Viewer) => ({ viewer }) as Context

/** The plan of the first statement that `read` sends, as it is run. */
async function planOf(read: () => unknown): Promise<Step[]> {
  sent = []
  await read()
  const [statement] = sent
  if (!statement) throw new Error('nothing was read')
  return explain(client, statement)
}

/** The steps that read one of the tables whose rows give the order. The rows of all other tables follow from them. */
const readers = (steps: Step[]) =>
  steps.filter((step) => /^(releases|group_releases|milestone_releases)$/.test(step['Relation Name'] ?? ''))

/** Expects that one index gives the rows in order, and no more rows than the page needs. */
function expectReadBy(steps: Step[], index: string): void {
  const [first, ...others] = readers(steps)
  expect(first).toMatchObject({ 'Index Name': index, 'Node Type': expect.stringMatching(/^Index (Only )?Scan$/) })
  expect(first?.['Actual Rows']).toBeLessThanOrEqual(PAGE + 1)
  expect(first?.['Rows Removed by Filter'] ?? 0).toBe(0)
  for (const step of others) expect(step['Index Name']).toBe('releases_pkey')
  for (const step of steps) expect(step['Node Type']).not.toMatch(/Sort|Bitmap|Hash/)
}

type Ends = [end: string, window: (cursor: string) => Window]

const ends: Ends[] = [
  ['the first page', () => ({ limit: PAGE, backward: false, after: null, before: null })],
  ['the last page', () => ({ limit: PAGE, backward: true, after: null, before: null })],
  ['a deep page', (after) => ({ limit: PAGE, backward: false, after, before: null })],
  ['a deep page backward', (before) => ({ limit: PAGE, backward: true, after: null, before })],
]

/** The cursor of the row that far down. */
async function deepCursor(order: Order<Release>, from: string): Promise<string> {
  const by = order.terms.map((term) => `${term.sql} ${order.direction}`).join(', ')
  const sql = `SELECT r.id FROM ${from} ORDER BY ${by} OFFSET ${DEEP} LIMIT 1`
  const { rows } = await client.query<{ id: number }>(sql)
  return cursorIn(order)(await db.release.findUniqueOrThrow({ where: { id: rows[0]?.id ?? 0 } }))
}

describe.each<[order: Order<Release>, index: string]>([
  [projectOrders.RELEASED_AT_DESC, 'releases_project_id_released_at_id_idx'],
  [projectOrders.RELEASED_AT_ASC, 'releases_released_asc'],
  [projectOrders.CREATED_DESC, 'releases_project_id_created_at_id_idx'],
  [projectOrders.CREATED_ASC, 'releases_created_asc'],
  [semverOrders.SEMVER_DESC, 'releases_project_id_semver_key_id_idx'],
  [semverOrders.SEMVER_ASC, 'releases_semver_asc'],
])('a page of releases of a project by $name', (order, index) => {
  test.each(ends)(`the index ${index} reads %s`, async (_end, windowAt) => {
    const window = windowAt(await deepCursor(order, 'releases r WHERE r.project_id = 1'))
    expectReadBy(await planOf(() => releasesOfProject.page(contextOf(anonymous()), project, { window, order })), index)
  })
})

test('the first pages of many projects are read by one index in one statement', async () => {
  const projects = await db.project.findMany()
  const window = { limit: PAGE, backward: false, after: null, before: null }
  const page = { window, order: projectOrders.RELEASED_AT_DESC }
  const context = contextOf(anonymous())
  const steps = await planOf(() => Promise.all(projects.map((each) => releasesOfProject.page(context, each, page))))
  expectReadBy(steps, 'releases_project_id_released_at_id_idx')
  expect(sent).toHaveLength(1)
})

const viewers: [who: string, viewer: () => Viewer][] = [
  ['an administrator', () => ({ ...anonymous(), user: { ...member, admin: true } })],
  ['a member', () => ({ ...anonymous(), user: member, groupRoles: new Map([[GROUP, role.guest]]) })],
]

describe.each(viewers)('lists of releases for %s', (_who, viewer) => {
  describe.each([groupOrders.RELEASED_AT_DESC, groupOrders.RELEASED_AT_ASC])(
    'a page of releases of a group by $name',
    (order) => {
      test.each(ends)('one index reads %s', async (_end, windowAt) => {
        const from = `group_releases gr JOIN releases r ON r.id = gr.release_id WHERE gr.group_id = ${GROUP}`
        const window = windowAt(await deepCursor(order, from))
        const steps = await planOf(() => releasesOfGroup.page(contextOf(viewer()), group, { window, order }))
        expectReadBy(steps, 'group_releases_group_id_released_at_release_id_idx')
      })
    },
  )

  describe('a page of releases of a milestone', () => {
    test.each(ends)('one index reads %s', async (_end, windowAt) => {
      const from = `milestone_releases mr JOIN releases r ON r.id = mr.release_id WHERE mr.milestone_id = ${MILESTONE}`
      const window = windowAt(await deepCursor(milestoneOrder, from))
      const steps = await planOf(() => {
        const page = { window, order: milestoneOrder, where: visibleReleases(viewer()) }
        return releasesOfMilestone.page(contextOf(viewer()), { id: MILESTONE }, page)
      })
      expectReadBy(steps, 'milestone_releases_pkey')
    })
  })
})

test.each([
  [{ orderBy: 'RELEASED_AT' } as const, 'releases_project_id_released_at_id_idx'],
  [{ orderBy: 'RELEASED_AT', includePrereleases: false } as const, 'releases_released_stable'],
  [{ orderBy: 'SEMVER' } as const, 'releases_project_id_semver_key_id_idx'],
  [{ orderBy: 'SEMVER', includePrereleases: false } as const, 'releases_semver_stable'],
])('the latest release of %j is read by the index %s', async (options, index) => {
  expectReadBy(await planOf(() => latestRelease(contextOf(anonymous()), project, options)), index)
})

test('evidence is found by its digest by an index', async () => {
  const { sha } = await db.evidence.findFirstOrThrow()
  const steps = await planOf(() => findEvidenceBySha(contextOf(anonymous()), sha))
  expect(steps.find((step) => step['Relation Name'] === 'evidences')).toMatchObject({
    ...{ 'Index Name': 'evidences_sha_idx', 'Actual Rows': 1 },
  })
})
