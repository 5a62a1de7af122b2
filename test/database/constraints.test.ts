import { type Rule, testRules, useSmallWorld } from './small-world.ts'

const world = useSmallWorld()

const TOO_LONG = '22001'
const MISSING = '23502'

const release = (tag: string, column = 'name', value = 'NULL') =>
  `INSERT INTO releases (project_id, tag, ${column}) VALUES (1, ${tag}, ${value})`
const level = (columns: string, values: string) =>
  `INSERT INTO protected_tag_access_levels (protected_tag_id, ${columns}) VALUES (1, ${values})`
const protect = (name: string) => `
  WITH tag AS (INSERT INTO protected_tags (project_id, name) VALUES (1, ${name}) RETURNING id)
  INSERT INTO protected_tag_access_levels (protected_tag_id, access_level) SELECT id, 0 FROM tag`

testRules(world, {
  'a release': [
    ['has a tag of its own in the project', release(`'v1'`), 'releases_project_id_tag_key'],
    ['may have the tag of another project', `INSERT INTO releases (project_id, tag) VALUES (2, 'v2')`, null],
    ['may have a tag that differs in case', release(`'V1'`), null],
    [
      'may not take the tag of another by an update',
      `UPDATE releases SET tag = 'v2' WHERE id = 1`,
      'releases_project_id_tag_key',
    ],
    ['has a tag', release('NULL'), MISSING],
    ['has no empty tag', release(`''`), 'releases_tag_present'],
    ['has no blank tag', release(`E' \\t'`), 'releases_tag_present'],
    ['has a tag of 1024 bytes', release(`repeat('é', 512)`), null],
    ['has no tag of 1025 bytes', release(`repeat('é', 512) || 'e'`), 'releases_tag_present'],
    ['has no tag of 1025 characters', release(`repeat('e', 1025)`), TOO_LONG],
    ['has a project', `INSERT INTO releases (tag) VALUES ('v3')`, MISSING],
    [
      'has a project that exists',
      `INSERT INTO releases (project_id, tag) VALUES (99, 'v3')`,
      'releases_project_id_fkey',
    ],
    ['has an author that exists', release(`'v3'`, 'author_id', '99'), 'releases_author_id_fkey'],
    ['has an empty name', release(`'v3'`, 'name', `''`), null],
    ['has a name of any length', release(`'v3'`, 'name', `repeat('n', 100000)`), null],
    ['has a SHA-1', release(`'v3'`, 'sha', `repeat('0a', 20)`), null],
    ['has a SHA-256', release(`'v3'`, 'sha', `repeat('0a', 32)`), null],
    ['has no abbreviated sha', release(`'v3'`, 'sha', `repeat('0a', 10)`), 'releases_sha_is_hex'],
    ['has no sha in between', release(`'v3'`, 'sha', `repeat('0a', 25)`), 'releases_sha_is_hex'],
    ['has no sha in capitals', release(`'v3'`, 'sha', `repeat('0A', 20)`), 'releases_sha_is_hex'],
    ['has no sha that is no hex', release(`'v3'`, 'sha', `repeat('0g', 20)`), 'releases_sha_is_hex'],
    ['has a description of 1,000,000 characters', release(`'v3'`, 'description', `repeat('é', 1000000)`), null],
    ['has none of 1,000,001', release(`'v3'`, 'description', `repeat('e', 1000001)`), 'releases_description_length'],
  ],
  evidence: [
    [
      'belongs to a release that exists',
      `INSERT INTO evidences (release_id, summary, sha) VALUES (99, '{}', repeat('b', 64))`,
      'evidences_release_id_fkey',
    ],
    [
      'has a sha of 64 hex digits',
      `INSERT INTO evidences (release_id, summary, sha) VALUES (1, '{}', repeat('b', 63))`,
      'evidences_sha_is_hex',
    ],
    [
      'may be collected many times',
      `INSERT INTO evidences (release_id, summary, sha) VALUES (1, '{}', repeat('a', 64))`,
      null,
    ],
  ],
  'a milestone': [
    ['is attached to a release once', 'INSERT INTO milestone_releases VALUES (1, 1)', 'milestone_releases_pkey'],
    ['is attached to several releases', 'INSERT INTO milestone_releases VALUES (1, 2)', null],
    ['of another project is refused', 'INSERT INTO milestone_releases VALUES (2, 1)', 'milestone_fits_project'],
    [
      'of another project is refused in an update',
      'UPDATE milestone_releases SET milestone_id = 2',
      'milestone_fits_project',
    ],
    ['of a group is accepted', 'INSERT INTO milestone_releases VALUES (3, 1)', null],
    [
      'that does not exist is refused',
      'INSERT INTO milestone_releases VALUES (99, 1)',
      'milestone_releases_milestone_id_fkey',
    ],
    [
      'is not attached to what does not exist',
      'INSERT INTO milestone_releases VALUES (1, 99)',
      'milestone_releases_release_id_fkey',
    ],
    [
      'keeps its releases from moving',
      `UPDATE releases SET project_id = 2, tag = 'v9' WHERE id = 1`,
      'milestone_fits_project',
    ],
    [
      'does not move away from its releases',
      'UPDATE milestones SET project_id = 2, iid = 9 WHERE id = 1',
      'milestone_fits_project',
    ],
    [
      'does not move away from its issues',
      'DELETE FROM milestone_releases; UPDATE milestones SET project_id = 2, iid = 9 WHERE id = 1',
      'milestone_fits_project',
    ],
    ['may become one of a group', 'UPDATE milestones SET project_id = NULL, group_id = 2 WHERE id = 1', null],
    [
      'has no issue of another project',
      `INSERT INTO issues (project_id, iid, title, milestone_id) VALUES (2, 1, 'I', 1)`,
      'milestone_fits_project',
    ],
    ['keeps its issues from moving', 'UPDATE issues SET project_id = 2, iid = 9', 'milestone_fits_project'],
    ['has one owner, not none', `INSERT INTO milestones (iid, title) VALUES (9, 'M')`, 'milestones_one_owner'],
    [
      'has one owner, not two',
      `INSERT INTO milestones (project_id, group_id, iid, title) VALUES (1, 1, 9, 'M')`,
      'milestones_one_owner',
    ],
    ['has a title', `INSERT INTO milestones (project_id, iid, title) VALUES (1, 9, ' ')`, 'milestones_title_not_blank'],
    [
      'has a title of its own',
      `INSERT INTO milestones (project_id, iid, title) VALUES (1, 9, 'Own')`,
      'milestones_project_id_title_key',
    ],
    [
      'may share its title with one of the group',
      `INSERT INTO milestones (project_id, iid, title) VALUES (1, 9, 'Group')`,
      null,
    ],
    [
      'does not end before it starts',
      `UPDATE milestones SET start_date = '2026-02-02', due_date = '2026-02-01'`,
      'milestones_dates_in_order',
    ],
  ],
  'a protected tag': [
    ['is protected once in a project', protect(`'v*'`), 'protected_tags_project_id_name_key'],
    ['is told apart by case', protect(`'V*'`), null],
    ['has a name', protect(`' '`), 'protected_tags_name_present'],
    ['has a level', `INSERT INTO protected_tags (project_id, name) VALUES (1, 'new')`, 'protected_tags_have_level'],
    ['keeps its last level', 'DELETE FROM protected_tag_access_levels', 'protected_tags_have_level'],
    ['may change its level', `DELETE FROM protected_tag_access_levels; ${level('access_level', '30')}`, null],
    ['may be deleted', 'DELETE FROM protected_tags', null],
    ...[0, 30, 40].map((n): Rule => [`has a level ${n}`, level('access_level', `${n}`), null]),
    ...[-1, 10, 20, 50].map(
      (n): Rule => [`has no level ${n}`, level('access_level', `${n}`), 'protected_tag_access_levels_level_known'],
    ),
    ['admits a user', level('user_id', '1'), null],
    ['admits a group', level('group_id', '1'), null],
    ['admits a deploy key', level('deploy_key_id', '1'), null],
    ['admits only users that exist', level('user_id', '99'), 'protected_tag_access_levels_user_id_fkey'],
    ['admits only groups that exist', level('group_id', '99'), 'protected_tag_access_levels_group_id_fkey'],
    ['has levels of one subject, not none', level('user_id', 'NULL'), 'protected_tag_access_levels_one_subject'],
    [
      'has levels of one subject, not two',
      level('access_level, user_id', '40, 1'),
      'protected_tag_access_levels_one_subject',
    ],
  ],
  'a freeze period': [
    [
      'has a start and an end',
      `INSERT INTO freeze_periods (project_id, freeze_start) VALUES (1, '0 0 * * *')`,
      MISSING,
    ],
    [
      'belongs to a project that exists',
      `INSERT INTO freeze_periods (project_id, freeze_start, freeze_end) VALUES (99, '', '')`,
      'freeze_periods_project_id_fkey',
    ],
  ],
})
