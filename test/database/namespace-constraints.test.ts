import { Client, type DatabaseError } from 'pg'
import { expect, test } from 'vitest'
import { type Rule, testRules, useSmallWorld } from './small-world.ts'

const world = useSmallWorld()

const member = (role: string) => `INSERT INTO project_members (project_id, user_id, role) VALUES (1, 1, ${role})`
const group = (path: string, parent = '2') =>
  `INSERT INTO groups (parent_id, name, path) VALUES (${parent}, 'New', ${path})`
const project = (path: string, groupId = '2') =>
  `INSERT INTO projects (group_id, name, path) VALUES (${groupId}, 'New', ${path})`

const user = (username: string) => `INSERT INTO users (username, name) VALUES (${username}, 'New')`

/** As a server did before accounts and groups shared their names. */
const withoutRule = (statement: string) =>
  `ALTER TABLE groups DISABLE TRIGGER groups_path_is_free; ${statement}; SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE groups ENABLE TRIGGER groups_path_is_free`

testRules(world, {
  'a member': [
    ...[10, 15, 20, 30, 40, 50].map((role): Rule => [`has the role ${role}`, member(`${role}`), null]),
    ...[0, 5, 25, 60].map((role): Rule => [`has no role ${role}`, member(`${role}`), 'project_members_role_known']),
    ['of a group has a known role', 'UPDATE group_members SET role = 11', 'group_members_role_known'],
    ['is one only once', `${member('10')}; ${member('20')}`, 'project_members_pkey'],
  ],
  'a path': [
    ...[`'a'`, `'_a'`, `'A-b.c_d'`, `'9'`].map((path): Rule => [`may be ${path}`, project(path), null]),
    ...[`''`, `'-a'`, `'.a'`, `'a/b'`, `'a b'`, `'é'`, `E'a\\n'`].map(
      (path): Rule => [`of a project is not ${path}`, project(path), 'projects_path_is_one_segment'],
    ),
    ['of a group has one segment', group(`'a/b'`), 'groups_path_is_one_segment'],
    ['of a project is its own', project(`'one'`), 'projects_full_path_key'],
    ['of a project is its own whatever its case', project(`'ONE'`), 'projects_lower_full_path_key'],
    ['of a group is its own whatever its case', group(`'SUB'`, '1'), 'groups_lower_full_path_key'],
    ['of a project is not that of a group', project(`'sub'`, '1'), 'namespace_path_is_free'],
    ['of a project is not that of a group in capitals', project(`'SUB'`, '1'), 'namespace_path_is_free'],
    ['of a group is not that of a project', group(`'One'`), 'namespace_path_is_free'],
    ['is not taken by a new name', `UPDATE projects SET path = 'two' WHERE id = 1`, 'projects_full_path_key'],
    [
      'is not taken by a move',
      `${group(`'one'`, '1')}; UPDATE projects SET group_id = 1 WHERE id = 1`,
      'namespace_path_is_free',
    ],
    ['may be that of another group', project(`'one'`, '1'), null],
    [
      'cannot be set apart from its parts',
      `UPDATE projects SET full_path = 'x' WHERE id = 1; ${project(`'one'`)}`,
      'projects_full_path_key',
    ],
  ],
  'the name of an account': [
    ['is not that of a group at the top', user(`'top'`), 'namespace_path_is_free'],
    ['is not that of a group at the top in capitals', user(`'TOP'`), 'namespace_path_is_free'],
    ['is not taken by a new name', `UPDATE users SET username = 'Top' WHERE id = 1`, 'namespace_path_is_free'],
    ['may be that of a group in a group', user(`'sub'`), null],
    ['is not that of a new group at the top', group(`'Ada'`, 'NULL'), 'namespace_path_is_free'],
    ['is not taken by a rename', `UPDATE groups SET path = 'ADA' WHERE id = 1`, 'namespace_path_is_free'],
    [
      'is not taken by a group that comes to the top',
      `${group(`'ada'`, '1')}; UPDATE groups SET parent_id = NULL WHERE path = 'ada'`,
      'namespace_path_is_free',
    ],
    ['is free for a group in a group', group(`'ada'`, '1'), null],
    ['of a deleted account is for no group', group(`'ghost-1'`, 'NULL'), 'namespace_path_is_free'],
    [
      'that a group has had before this rule stays',
      `${withoutRule(group(`'ada'`, 'NULL'))}; UPDATE groups SET path = 'Ada' WHERE path = 'ada'; UPDATE groups SET name = 'X' WHERE path = 'Ada'; UPDATE users SET username = 'ADA', name = 'X'`,
      null,
    ],
    [
      'that a group has had before this rule does not keep the account from being deleted',
      `${withoutRule(group(`'ghost-1'`, 'NULL'))}; UPDATE users SET username = 'ghost-1' WHERE id = 1`,
      null,
    ],
  ],
  'a group': [
    ['is not its own parent', 'UPDATE groups SET parent_id = 1 WHERE id = 1', 'groups_not_own_ancestor'],
    ['is not its own ancestor', 'UPDATE groups SET parent_id = 2 WHERE id = 1', 'groups_not_own_ancestor'],
    [
      'is not made as its own parent',
      `INSERT INTO groups (id, parent_id, name, path) VALUES (9, 9, 'G', 'g')`,
      'groups_parent_id_fkey',
    ],
    [
      'is not made as the parent of its parent',
      `INSERT INTO groups (id, parent_id, name, path) VALUES (8, 9, 'G', 'g'), (9, 8, 'H', 'h')`,
      'groups_parent_id_fkey',
    ],
    ['has a parent that exists', group(`'g'`, '99'), 'groups_parent_id_fkey'],
    ['of a project exists', project(`'p'`, '99'), 'projects_group_id_fkey'],
  ],
})

/** Runs the statements on two connections at the same time. The result is null for a statement that succeeds. */
async function race(statements: readonly string[]): Promise<(string | null)[]> {
  const clients = statements.map(() => new Client(world.url))
  await Promise.all(clients.map((client) => client.connect()))
  try {
    for (const client of clients) await client.query('BEGIN')
    const run = async (client: Client, statement: string) => {
      try {
        await client.query(statement)
        await client.query('COMMIT')
        return null
      } catch (error) {
        await client.query('ROLLBACK')
        return (error as DatabaseError).constraint ?? (error as DatabaseError).code ?? String(error)
      }
    }
    return await Promise.all(clients.map((client, at) => run(client, statements[at] ?? '')))
  } finally {
    await Promise.all(clients.map((client) => client.end()))
  }
}

test('a project and a group that are given one path at the same time do not both get it', async () => {
  for (let n = 0; n < 10; n++) {
    const results = await race([project(`'twin-${n}'`, '1'), group(`'Twin-${n}'`, '1')])
    expect(results.filter((result) => result !== null)).toEqual(['namespace_path_is_free'])
  }
})

test('an account and a group that are given one name at the same time do not both get it', async () => {
  for (let n = 0; n < 10; n++) {
    const results = await race([user(`'both-${n}'`), group(`'Both-${n}'`, 'NULL')])
    expect(results.filter((result) => result !== null)).toEqual(['namespace_path_is_free'])
  }
})

test('two groups that are moved below each other at the same time do not both get there', async () => {
  await world.client.query(
    `INSERT INTO groups (id, parent_id, name, path) VALUES (50, NULL, 'A', 'a'), (51, NULL, 'B', 'b'), (52, 50, 'C', 'c'), (53, 51, 'D', 'd')`,
  )
  const results = await race([
    'UPDATE groups SET parent_id = 53 WHERE id = 50',
    'UPDATE groups SET parent_id = 52 WHERE id = 51',
  ])
  expect(results.filter((result) => result === null)).toHaveLength(1)
})

test('the last two levels of a protected tag that are deleted at the same time are not both gone', async () => {
  for (let n = 0; n < 10; n++) {
    await world.client.query(`
      BEGIN;
      INSERT INTO protected_tags (id, project_id, name) VALUES (${50 + n}, 1, 'tag-${n}');
      INSERT INTO protected_tag_access_levels (protected_tag_id, access_level) VALUES (${50 + n}, 30), (${50 + n}, 40);
      COMMIT`)
    const without = (level: number) =>
      `DELETE FROM protected_tag_access_levels WHERE protected_tag_id = ${50 + n} AND access_level = ${level}`
    const results = await race([without(30), without(40)])
    expect(results.filter((result) => result !== null)).toEqual(['protected_tags_have_level'])
  }
})
