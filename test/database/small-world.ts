import { Client, type DatabaseError } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase } from '../support/database.ts'

/** The IDs are written down, so that statements can name them. */
const ROWS = `
  INSERT INTO users (id, username, name, email) VALUES (1, 'ada', 'Ada', 'ada@example.com');
  INSERT INTO groups (id, parent_id, name, path) VALUES (1, NULL, 'Top', 'top'), (2, 1, 'Sub', 'sub');
  INSERT INTO projects (id, group_id, name, path) VALUES (1, 2, 'One', 'one'), (2, 2, 'Two', 'two');
  INSERT INTO releases (id, project_id, tag, author_id) VALUES (1, 1, 'v1', 1), (2, 1, 'v2', 1), (3, 2, 'v1', 1);
  INSERT INTO asset_links (id, release_id, name, url, filepath)
    VALUES (1, 1, 'binary', 'https://example.com/binary', '/bin/linux'), (2, 1, 'other', 'https://example.com/other', NULL);
  INSERT INTO evidences (id, release_id, summary, sha) VALUES (1, 1, '{}', repeat('a', 64));
  INSERT INTO milestones (id, project_id, group_id, iid, title)
    VALUES (1, 1, NULL, 1, 'Own'), (2, 2, NULL, 1, 'Foreign'), (3, NULL, 1, 1, 'Group');
  INSERT INTO milestone_releases (milestone_id, release_id) VALUES (1, 1);
  INSERT INTO issues (id, project_id, iid, title, milestone_id) VALUES (1, 1, 1, 'Issue', 1);
  INSERT INTO group_members (group_id, user_id, role) VALUES (1, 1, 50);
  BEGIN;
  INSERT INTO protected_tags (id, project_id, name) VALUES (1, 1, 'v*');
  INSERT INTO protected_tag_access_levels (id, protected_tag_id, access_level) VALUES (1, 1, 40);
  COMMIT;
  SELECT setval(pg_get_serial_sequence(t, 'id'), 100)
  FROM unnest('{users,groups,projects,releases,asset_links,evidences,milestones,issues,protected_tags}'::text[]) t;
  SELECT setval(pg_get_serial_sequence('protected_tag_access_levels', 'id'), 100)`

export type SmallWorld = {
  client: Client
  url: string
  /**
   * The constraint that refuses the statement, or else the SQLSTATE; null when the statement succeeds. The statement is rolled
   * back.
   */
  refusalOf: (sql: string, values?: unknown[]) => Promise<string | null>
}

/** One of everything in a database of its own. */
export function useSmallWorld(): SmallWorld {
  const world = {} as SmallWorld
  let close = async () => {}
  beforeAll(async () => {
    const database = await createDatabase()
    const client = new Client(database.url)
    await client.connect()
    await client.query(ROWS)
    Object.assign(world, {
      client,
      url: database.url,
      refusalOf: (sql, values) => refusalOf(client, sql, values),
    } satisfies SmallWorld)
    close = async () => {
      await client.end()
      await database.drop()
    }
  })
  afterAll(() => close())
  return world
}

async function refusalOf(client: Client, sql: string, values?: unknown[]): Promise<string | null> {
  await client.query('BEGIN')
  try {
    await client.query(sql, values)
    await client.query('SET CONSTRAINTS ALL IMMEDIATE')
    return null
  } catch (error) {
    const { constraint, code } = error as DatabaseError
    return constraint ?? code ?? String(error)
  } finally {
    await client.query('ROLLBACK')
  }
}

/** `refusedBy` as `refusalOf` tells it. */
export type Rule = [rule: string, statement: string, refusedBy: string | null]

export function testRules(world: SmallWorld, rules: Record<string, Rule[]>): void {
  for (const [subject, table] of Object.entries(rules)) {
    describe(subject, () => {
      test.each(table)(`${subject} %s`, async (_rule, statement, refusedBy) => {
        expect(await world.refusalOf(statement)).toBe(refusedBy)
      })
    })
  }
}
