import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Client } from 'pg'
import { expect, inject, test } from 'vitest'
import { withConnection } from '../../src/database/connections/connection.ts'
import { migrate, pendingMigrations } from '../../src/database/migrations/migrate.ts'
import { readSqlFiles, type SqlFile } from '../../src/database/migrations/sql-files.ts'
import { migrationsDir } from '../../src/start/open-database.ts'
import { createDatabase, createEmptyDatabase } from '../support/database.ts'
import versions from './sql-versions.json' with { type: 'json' }

/** From here on, migrations neither make nor change a function or a trigger. */
const FIRST_OF_FILES = '20261126021147_sql_files'

/** The tables whose deleted rows are shown to nobody. */
const CLOSING = [
  ...[
    'asset_links',
    'audit_events',
    'environments',
    'evidences',
    'freeze_periods',
    'group_members',
    'groups',
    'issues',
  ],
  ...['milestone_releases', 'milestones', 'old_paths', 'package_files', 'packages', 'project_members', 'projects'],
  ...['protected_tags', 'release_drafts', 'releases', 'uploads', 'users', 'webhooks'],
]

/** The names of the functions and triggers that the files have changed since. */
const CHANGED_SINCE = [
  'activity_key(text,timestamp without time zone)',
  'activity_keys(timestamp with time zone,timestamp with time zone)',
  ...CLOSING.map((table) => `${table}_deleted_close ON ${table}`),
  ...['groups', 'issues', 'packages', 'projects', 'users'].map((table) => `${table}_close ON ${table}`),
  'audit_events_count_writes ON audit_events',
  'audit_events_count_writes()',
  'deleted_rows_close()',
  'notification_setting_counts_write()',
  'notification_settings_count_writes ON notification_settings',
  'row_closes()',
  'namespace_path_is_free()',
  ...['issues', 'milestones'].flatMap((table) => [
    `${table}_remember_numbers ON ${table}`,
    `${table}_remember_numbers()`,
  ]),
  'next_issue_number(integer)',
  'next_milestone_number(integer,integer)',
  'groups_set_deleted ON groups',
  'groups_set_deleted()',
  ...['deleted', 'inserted', 'updated'].map((word) => `latest_releases_${word}_change_content ON latest_releases`),
  'old_paths_end(text)',
  'old_paths_end_for_group(text,integer)',
  'projects_keep_milestones ON projects',
  'projects_keep_milestones()',
  'projects_remember_path ON projects',
  'projects_remember_path()',
  'projects_searched ON projects',
  'projects_searched()',
  'projects_searched_by_activity ON projects',
  'projects_set_deleted ON projects',
  'projects_set_deleted()',
  'searched_project(projects)',
  'users_take_path ON users',
  'users_take_path()',
]

/** Our own functions, without those of extensions. */
const OWN = `FROM pg_proc p
  WHERE pronamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'e')`
const FUNCTIONS = `SELECT p.oid::regprocedure::text AS name, pg_get_functiondef(p.oid) AS definition ${OWN}`
const TRIGGERS = `
  SELECT format('%s ON %s', tgname, tgrelid::regclass) AS name, pg_get_triggerdef(oid) AS definition FROM pg_trigger
  WHERE NOT tgisinternal AND tgrelid::regclass::text NOT LIKE 'graphile_worker.%'`

/** The text without comments, and with one space wherever it has space. */
const normalize = (sql: string) => sql.replaceAll(/--.*$/gm, '').replaceAll(/\s+/g, ' ').trim()

/** The functions and triggers of a database by name. */
async function definitionsOf(client: Client): Promise<Record<string, string>> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `${FUNCTIONS} UNION ALL ${TRIGGERS} ORDER BY 1`,
  )
  return Object.fromEntries(rows.map(({ name, definition }) => [name, normalize(definition)]))
}

const definitions = (url: string) => withConnection(url, definitionsOf)

/** A folder of migrations, with the given files of prisma/sql beside it. */
async function prismaFolder(files: readonly SqlFile[]): Promise<string> {
  const prisma = await mkdtemp(path.join(inject('scratch'), 'prisma-'))
  await cp(migrationsDir, path.join(prisma, 'migrations'), { recursive: true })
  await mkdir(path.join(prisma, 'sql'))
  for (const { name, script } of files) await writeFile(path.join(prisma, 'sql', name), script)
  return path.join(prisma, 'migrations')
}

const versionOf = (script: string, version: number) => script.replace(/^-- Version: \d+/, `-- Version: ${version}`)

/** The files, with another version of `live-updates.sql` that sends another word. */
async function filesWith(version: number, word: string): Promise<SqlFile[]> {
  const files = await readSqlFiles(migrationsDir)
  return files.map((file) =>
    file.name === 'live-updates.sql'
      ? { ...file, version, script: versionOf(file.script, version).replace("'created'", `'${word}'`) }
      : file,
  )
}

async function wordOf(url: string): Promise<string | undefined> {
  const { 'releases_tell_created()': definition = '' } = await definitions(url)
  return /releases_tell\('(\w+)'/.exec(definition)?.[1]
}

test('a database that came through all migrations has the functions and triggers of prisma/sql', async () => {
  const { url } = await createEmptyDatabase()
  await migrate({ url, migrationsDir: await prismaFolder([]) })
  const before = await definitions(url)
  await migrate({ url, migrationsDir })
  const after = await definitions(url)
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  expect(names.length).toBeGreaterThan(90)
  expect(names.filter((name) => before[name] !== after[name]).sort()).toEqual(CHANGED_SINCE.toSorted())
})

test('the files of prisma/sql hold every function and trigger of the database', async () => {
  const { url } = await createDatabase()
  const files = await readSqlFiles(migrationsDir)
  await withConnection(url, async (client) => {
    const expected = await definitionsOf(client)
    const { rows } = await client.query<{ name: string }>(`SELECT p.oid::regprocedure::text AS name ${OWN}`)
    for (const { name } of rows) await client.query(`DROP FUNCTION ${name} CASCADE`)
    expect(await definitionsOf(client)).toEqual({})
    for (const { script } of files) await client.query(script)
    expect(await definitionsOf(client)).toEqual(expected)
  })
})

test('the migrations leave functions and triggers to prisma/sql', async () => {
  const names = (await readdir(migrationsDir)).filter((name) => name >= FIRST_OF_FILES)
  const scripts = await Promise.all(
    names.map((name) => readFile(path.join(migrationsDir, name, 'migration.sql'), 'utf8')),
  )
  const defines = /\bCREATE\s+(OR\s+REPLACE\s+)?(CONSTRAINT\s+)?(FUNCTION|PROCEDURE|TRIGGER)\b/i
  expect(names.filter((_name, at) => defines.test(scripts[at] as string))).toEqual([])
})

test('each function and trigger of prisma/sql says what it is for', async () => {
  for (const { name, script } of await readSqlFiles(migrationsDir)) {
    // One comment may be about several triggers that follow each other, one for each kind of statement.
    const paragraphs = script.split('\n\n').filter((text) => /^(CREATE|DROP)/m.test(text) && !/^ /.test(text))
    expect(
      paragraphs.filter((text) => !text.startsWith('-- ')),
      name,
    ).toEqual([])
  }
})

test('a file of prisma/sql that says something else has another version', async () => {
  const files = await readSqlFiles(migrationsDir)
  const digests: Record<string, string[]> = versions
  const changed = files
    .map(({ name, version, script }) => ({
      name,
      version,
      digest: createHash('sha256').update(normalize(script)).digest('hex'),
    }))
    .filter(({ name, version, digest }) => digests[name]?.length !== version || digests[name].at(-1) !== digest)
  // The digests of a file are in the order of its versions. If a file is listed here, raise its version and add its digest.
  expect(changed).toEqual([])
  expect(Object.keys(digests).sort()).toEqual(files.map(({ name }) => name))
})

test('a newer version of a file is applied once', async () => {
  const { url } = await createDatabase()
  await migrate({ url, migrationsDir: await prismaFolder(await filesWith(1000, 'newer')) })
  expect(await wordOf(url)).toBe('newer')
  await migrate({ url, migrationsDir: await prismaFolder(await filesWith(1000, 'another')) })
  expect(await wordOf(url)).toBe('newer')
})

test('a server of an older version that starts again overwrites no function', async () => {
  const { url } = await createDatabase()
  await migrate({ url, migrationsDir: await prismaFolder(await filesWith(1000, 'newer')) })
  await migrate({ url, migrationsDir })
  expect(await wordOf(url)).toBe('newer')
})

test('a migration whose files of prisma/sql fail is not applied either', async () => {
  const { url } = await createDatabase()
  const [file] = await filesWith(1000, 'newer')
  const newer = await prismaFolder([{ ...(file as SqlFile), script: '-- Version: 1000\nSELECT nothing' }])
  const script = path.join(newer, '20991231000000_newer', 'migration.sql')
  await mkdir(path.dirname(script))
  await writeFile(script, 'CREATE TABLE newer (id int)')
  await expect(migrate({ url, migrationsDir: newer })).rejects.toThrow('Migration 20991231000000_newer failed')
  expect(await pendingMigrations({ url, migrationsDir: newer })).toEqual(['20991231000000_newer'])
})

test('three servers that start at once with a newer version apply it together', async () => {
  const { url } = await createDatabase()
  const newer = await prismaFolder(await filesWith(1000, 'newer'))
  await Promise.all([1, 2, 3].map(() => migrate({ url, migrationsDir: newer })))
  expect(await wordOf(url)).toBe('newer')
})

test('a file that fails says why, and leaves the functions and the version that were there', async () => {
  const { url } = await createDatabase()
  const files = (await filesWith(1000, 'newer')).map((file) =>
    file.name === 'tree-lock.sql' ? { ...file, script: `${versionOf(file.script, 1000)}\nSELECT nothing;` } : file,
  )
  await expect(migrate({ url, migrationsDir: await prismaFolder(files) })).rejects.toMatchObject({
    name: 'StartError',
    message: 'prisma/sql failed and was rolled back: ERROR: column "nothing" does not exist',
  })
  expect(await wordOf(url)).toBe('created')
  await migrate({ url, migrationsDir: await prismaFolder(await filesWith(999, 'newer')) })
  expect(await wordOf(url)).toBe('newer')
})
