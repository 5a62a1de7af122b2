import type { Client } from 'pg'
import { expect, test } from 'vitest'
import { withConnection } from '../../src/database/connections/connection.ts'
import { useSmallWorld } from './small-world.ts'

const world = useSmallWorld()

/** Runs the statement in a transaction that is rolled back, so that each test finds the world as it was made. */
async function afterwards(statement: string, look: (client: Client) => Promise<void>): Promise<void> {
  await withConnection(world.url, async (client) => {
    await client.query('BEGIN')
    await client.query(statement)
    await client.query('SET CONSTRAINTS ALL IMMEDIATE')
    await look(client)
    await client.query('ROLLBACK')
  })
}

async function idsOf(client: Client, table: string, column = 'id'): Promise<number[]> {
  const { rows } = await client.query<{ id: number }>(`SELECT ${column} AS id FROM ${table} ORDER BY 1`)
  return rows.map(({ id }) => id)
}

/** The number of rows of each table that has rows. */
async function counts(client: Client): Promise<Record<string, number>> {
  const { rows: tables } = await client.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '\\_%'
      AND tablename NOT IN ('content_versions', 'migration_requirements', 'sql_files') ORDER BY 1`,
  )
  const found: Record<string, number> = {}
  for (const { name } of tables) {
    const { length } = (await client.query(`SELECT 1 FROM ${name}`)).rows
    if (length > 0) found[name] = length
  }
  return found
}

/** One row in each table that the small world leaves empty. */
const EVERYTHING = `
  INSERT INTO project_members (project_id, user_id, role) VALUES (1, 1, 40);
  INSERT INTO freeze_periods (project_id, freeze_start, freeze_end) VALUES (1, '0 0 * * *', '0 1 * * *');
  INSERT INTO environments (project_id, name) VALUES (1, 'production');
  INSERT INTO webhooks (id, project_id, url, host) VALUES (1, 1, 'https://hooks.example.com', 'hooks.example.com');
  INSERT INTO webhook_events (id, project_id, trigger, source, cause) VALUES (1, 1, 'releases_events', '{}', 'request');
  INSERT INTO webhook_deliveries (id, webhook_id, event_id) VALUES (1, 1, 1);
  INSERT INTO notification_settings (user_id, project_id) VALUES (1, 1);
  INSERT INTO audit_events (event_type, author_id, author_name, project_id, target_type, target_id, target_details, message)
    VALUES ('release_created', 1, 'Ada', 1, 'Release', 1, 'v1', 'created');
  INSERT INTO packages (id, project_id, name, version, creator_id) VALUES (1, 1, 'p', '1', 1);
  INSERT INTO package_files (package_id, file_name, size, sha256, storage_key) VALUES (1, 'f', 1, repeat('a', 64), 'k');
  INSERT INTO lfs_objects (project_id, sha256, size, storage_key) VALUES (1, repeat('a', 64), 1, 'l');
  INSERT INTO report_artifacts (id, project_id, sha, file_name, size, sha256, storage_key, uploader_id)
    VALUES (1, 1, repeat('a', 40), 'r', 1, repeat('a', 64), 'k', 1);
  INSERT INTO evidence_report_artifacts VALUES (1, 1);
  INSERT INTO protected_tag_access_levels (protected_tag_id, user_id) VALUES (1, 1);
  INSERT INTO protected_tag_access_levels (protected_tag_id, group_id) VALUES (1, 1);
  INSERT INTO access_tokens (user_id, name, digest) VALUES (1, 't', 'd');
  INSERT INTO idempotency_records (user_id, key, request_digest) VALUES (1, 'k', 'd');`

test('a deleted release takes its links, evidence, milestone associations and group entries along, and no milestone', async () => {
  await afterwards(`${EVERYTHING} DELETE FROM releases WHERE id = 1`, async (client) => {
    expect(await idsOf(client, 'releases')).toEqual([2, 3])
    expect(await idsOf(client, 'asset_links')).toEqual([])
    expect(await idsOf(client, 'evidences')).toEqual([])
    expect(await idsOf(client, 'milestone_releases', 'release_id')).toEqual([])
    expect(await idsOf(client, 'group_releases', 'release_id')).toEqual([2, 2, 3, 3])
    expect(await idsOf(client, 'milestones')).toEqual([1, 2, 3])
  })
})

test('a deleted milestone leaves its releases and its issues behind', async () => {
  await afterwards('DELETE FROM milestones WHERE id = 1', async (client) => {
    expect(await idsOf(client, 'releases')).toEqual([1, 2, 3])
    expect(await idsOf(client, 'milestone_releases', 'release_id')).toEqual([])
    expect(await idsOf(client, 'issues', 'milestone_id')).toEqual([null])
  })
})

test('a deleted user leaves the releases behind, without an author', async () => {
  await afterwards(`${EVERYTHING} DELETE FROM users WHERE id = 1`, async (client) => {
    expect(await idsOf(client, 'releases')).toEqual([1, 2, 3])
    expect(await idsOf(client, 'releases', 'author_id')).toEqual([null, null, null])
    expect(await idsOf(client, 'audit_events', 'author_id')).toEqual([null])
    expect(await idsOf(client, 'project_members', 'user_id')).toEqual([])
  })
})

test.each(['user', 'group'])(
  'a tag that only one %s may create cannot be created by anybody when that subject is deleted',
  async (subject) => {
    const only = `
    INSERT INTO groups (id, name, path) VALUES (9, 'Nine', 'nine');
    INSERT INTO users (id, username, name) VALUES (9, 'ninth', 'Nine');
    UPDATE protected_tag_access_levels SET access_level = NULL, ${subject}_id = 9;
    DELETE FROM ${subject}s WHERE id = 9`
    await afterwards(only, async (client) => {
      expect(await idsOf(client, 'protected_tag_access_levels', 'access_level')).toEqual([0])
    })
  },
)

test('a deleted project takes everything below it along', async () => {
  await afterwards(`${EVERYTHING} DELETE FROM projects WHERE id = 1`, async (client) => {
    expect(await counts(client)).toEqual({
      access_tokens: 1,
      group_members: 1,
      group_releases: 2,
      groups: 2,
      idempotency_records: 1,
      milestones: 2,
      projects: 1,
      releases: 1,
      searched_projects: 1,
      users: 1,
    })
  })
})

test('a deleted group takes its subgroups, their projects and everything below along', async () => {
  await afterwards(`${EVERYTHING} DELETE FROM groups WHERE id = 1`, async (client) => {
    expect(await counts(client)).toEqual({ access_tokens: 1, idempotency_records: 1, users: 1 })
  })
})

test('a report artifact that evidence refers to cannot be deleted alone', async () => {
  const refusedBy = await world.refusalOf(`${EVERYTHING} DELETE FROM report_artifacts`)
  expect(refusedBy).toBe('evidence_report_artifacts_report_artifact_id_fkey')
  expect(await world.refusalOf(`${EVERYTHING} DELETE FROM evidences; DELETE FROM report_artifacts`)).toBeNull()
})
