import { cp, mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, inject, test } from 'vitest'
import { withConnection } from '../../src/database/connections/connection.ts'
import { assertServerVersion, migrate, pendingMigrations } from '../../src/database/migrations/migrate.ts'
import { version } from '../../src/foundation/version.ts'
import { createDatabase, createEmptyDatabase } from '../support/database.ts'
import { schemaDiff, writeMigration } from '../support/schema-diff.ts'

const prisma = fileURLToPath(new URL('../../prisma', import.meta.url))
const migrationsDir = path.join(prisma, 'migrations')
const schemaPath = path.join(prisma, 'schema.prisma')

/** A migrations folder with the given scripts by name. */
async function migrations(scripts: Record<string, string>): Promise<string> {
  const dir = await mkdtemp(path.join(inject('scratch'), 'migrations-'))
  for (const [name, sql] of Object.entries(scripts)) {
    await mkdir(path.join(dir, name))
    await writeFile(path.join(dir, name, 'migration.sql'), sql)
  }
  return dir
}

async function tables(url: string): Promise<string[]> {
  const { rows } = await withConnection(url, (client) =>
    client.query<{ tablename: string }>("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"),
  )
  return rows.map((row) => row.tablename)
}

test('migrations are applied once, in order, and recorded', async () => {
  const { url } = await createEmptyDatabase()
  const dir = await migrations({ '2_b': 'ALTER TABLE a ADD COLUMN two int', '1_a': 'CREATE TABLE a (one int)' })
  expect(await pendingMigrations({ url, migrationsDir: dir })).toEqual(['1_a', '2_b'])
  expect(await migrate({ url, migrationsDir: dir })).toEqual(['1_a', '2_b'])
  expect(await migrate({ url, migrationsDir: dir })).toEqual([])
  expect(await pendingMigrations({ url, migrationsDir: dir })).toEqual([])
})

test('a function body with semicolons is one statement', async () => {
  const { url } = await createEmptyDatabase()
  const body = 'CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; RETURN 2; END $$; SELECT f();'
  expect(await migrate({ url, migrationsDir: await migrations({ '1_f': body }) })).toEqual(['1_f'])
})

test('three nodes that start at once migrate an empty database together', async () => {
  const { url } = await createEmptyDatabase()
  const applied = await Promise.all([1, 2, 3].map(() => migrate({ url, migrationsDir })))
  expect(applied.flat()).toEqual(await readdir(migrationsDir))
})

test('a migration that fails says why, leaves nothing behind, and runs again once it is mended', async () => {
  const { url } = await createEmptyDatabase()
  const broken = await migrations({ '1_a': 'CREATE TABLE a (id int); CREATE TABLE a (id int)' })
  await expect(migrate({ url, migrationsDir: broken })).rejects.toMatchObject({
    name: 'StartError',
    message: 'Migration 1_a failed and was rolled back: ERROR: relation "a" already exists',
  })
  expect(await tables(url)).toEqual(['_prisma_migrations'])
  const mended = await migrations({ '1_a': 'CREATE TABLE a (id int)' })
  expect(await migrate({ url, migrationsDir: mended })).toEqual(['1_a'])
})

test('a database that holds tables of other programs is not touched', async () => {
  const { url } = await createEmptyDatabase()
  await withConnection(url, (client) => client.query('CREATE TABLE theirs (id int)'))
  await expect(migrate({ url, migrationsDir })).rejects.toThrow(/^The database cannot be migrated: .*not empty/)
  expect(await tables(url)).toEqual(['theirs'])
})

test('the migrations make what schema.prisma describes', async () => {
  const { url } = await createDatabase()
  expect(await schemaDiff({ url, schemaPath })).toBeNull()
})

test('the next migration is written from the difference, and only when there is a difference', async () => {
  const dir = await migrations({ '20261231000000_drop': 'DROP TABLE idempotency_records' })
  await cp(migrationsDir, dir, { recursive: true })
  const write = async () => {
    const { url } = await createEmptyDatabase()
    return writeMigration({
      name: 'restore',
      url,
      migrationsDir: dir,
      schemaPath,
      now: new Date('2027-01-02T03:04:05Z'),
    })
  }
  const file = path.join(dir, '20270102030405_restore', 'migration.sql')
  expect(await write()).toBe(file)
  expect(await readFile(file, 'utf8')).toContain('CREATE TABLE "idempotency_records"')
  expect(await write()).toBeNull()
})

const initOnly = async () => {
  const [init = ''] = await readdir(migrationsDir)
  const dir = await mkdtemp(path.join(inject('scratch'), 'migrations-'))
  await cp(path.join(migrationsDir, init), path.join(dir, init), { recursive: true })
  return { dir, init }
}

const forgetEnds = (url: string, names: readonly string[]) =>
  withConnection(url, (client) =>
    client.query(
      'UPDATE _prisma_migrations SET finished_at = NULL, applied_steps_count = 0 WHERE migration_name = ANY ($1)',
      [names],
    ),
  )

test('a script that was applied by a process that was killed before it recorded the script is not run again', {
  timeout: 60_000,
}, async () => {
  for (const name of await readdir(migrationsDir)) {
    const { url } = await createDatabase()
    await forgetEnds(url, [name])
    await migrate({ url, migrationsDir })
    expect(await pendingMigrations({ url, migrationsDir })).toEqual([])
    expect(await schemaDiff({ url, schemaPath })).toBeNull()
  }
})

test('a script that was begun by a process that was killed before the script ended is run', async () => {
  const { url } = await createEmptyDatabase()
  const { dir, init } = await initOnly()
  await migrate({ url, migrationsDir: dir })
  const names = (await readdir(migrationsDir)).filter((name) => name !== init)
  await withConnection(url, (client) =>
    client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name)
       SELECT gen_random_uuid(), '', name FROM unnest($1::text[]) name`,
      [names],
    ),
  )
  expect(await migrate({ url, migrationsDir })).toEqual(names)
  expect(await schemaDiff({ url, schemaPath })).toBeNull()
})

/** A database that a newer Waybill has migrated. */
async function createNewerDatabase(oldestVersion: string) {
  const { url } = await createDatabase()
  const newer = await migrations({
    '20991231000000_newer': `-- Oldest version: ${oldestVersion}\nALTER TABLE projects ADD COLUMN newer int`,
  })
  await cp(migrationsDir, newer, { recursive: true })
  await migrate({ url, migrationsDir: newer })
  return url
}

test('a server goes on with a database that a newer server has changed, when the newer one says that it may', async () => {
  const url = await createNewerDatabase('0.1.0')
  expect(await migrate({ url, migrationsDir })).toEqual([])
})

test('a server that is too old for a database stops and names both versions', async () => {
  const url = await createNewerDatabase('99.1.0')
  await expect(migrate({ url, migrationsDir })).rejects.toMatchObject({
    name: 'StartError',
    message: `The database needs Waybill 99.1.0 or newer since 20991231000000_newer; this is Waybill ${version}`,
  })
})

test('a database with a migration that no version knows is not served', async () => {
  const url = await createNewerDatabase('0.1.0')
  await withConnection(url, (client) => client.query('DELETE FROM migration_requirements'))
  await expect(migrate({ url, migrationsDir })).rejects.toThrow(
    /^The database has the migration 20991231000000_newer, which Waybill \S+ does not know$/,
  )
})

test('a server that cannot be reached is named without the password', async () => {
  const unreachable = assertServerVersion('postgresql://me:secret@127.0.0.1:1/waybill')
  await expect(unreachable).rejects.toMatchObject({
    name: 'StartError',
    message: expect.stringMatching(/^Cannot reach the database at 127\.0\.0\.1:1 \(.*ECONNREFUSED.*\)/),
  })
  await expect(unreachable).rejects.not.toThrow(/secret/)
})

test('a wrong password, a missing database and a wrong URL are told apart', async () => {
  const wrongPassword = new URL(inject('databaseServer').url)
  wrongPassword.password = 'wrong'
  await expect(assertServerVersion(wrongPassword.href)).rejects.toThrow(/refuses the password of user/)
  const missing = new URL(inject('databaseServer').url)
  missing.pathname = '/nowhere'
  await expect(assertServerVersion(missing.href)).rejects.toThrow(/has no database "nowhere"/)
  await expect(assertServerVersion('postgresql://[')).rejects.toThrow(/^DATABASE_URL is not the URL/)
})

test('the PostgreSQL of the tests is new enough', async () => {
  await assertServerVersion(inject('databaseServer').url)
})
