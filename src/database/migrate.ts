import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { MigrationList, SchemaFilter } from '@prisma/schema-engine-wasm'
import type { Client } from 'pg'
import type { Log } from '../log.ts'
import { withConnection } from './connection.ts'
import { withSchemaEngine } from './schema-engine.ts'
import { StartError } from './start-error.ts'

export type MigrateOptions = { url: string; migrationsDir: string; log?: Log }

/** Held by the one node that migrates while the others wait; any number that nobody else uses. */
const MIGRATION_LOCK = 7_927_002
const OLDEST_VERSION = 15
const NO_FILTERS: SchemaFilter = { externalTables: [], externalEnums: [] }

/** Throws unless the server can be reached and is new enough. */
export async function assertServerVersion(url: string): Promise<void> {
  await withConnection(url, async (client) => {
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version')
    const version = rows[0]?.server_version ?? ''
    if (Number.parseInt(version, 10) >= OLDEST_VERSION) return
    const server = `${client.host}:${client.port}`
    throw new StartError(`PostgreSQL ${OLDEST_VERSION} or newer is needed; the server at ${server} is ${version}`)
  })
}

/** Applies what is missing and returns its names. Several nodes may do so at once. */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  // The engine costs 0.2 s and some memory: an ordinary start does without it.
  if ((await pendingMigrations(options)).length === 0) return []
  return withConnection(options.url, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK])
    await forgetFailures(client)
    const names = await applyAll(options)
    options.log?.info({ migrations: names }, 'database migrated')
    return names
  })
}

/** The migrations of the folder that the database lacks. */
export async function pendingMigrations({ url, migrationsDir }: Omit<MigrateOptions, 'log'>): Promise<string[]> {
  const [names, finished] = await Promise.all([
    listMigrations(migrationsDir),
    withConnection(url, (client) => finishedMigrations(client)),
  ])
  return names.filter((name) => !finished.has(name))
}

async function finishedMigrations(client: Client): Promise<Set<string>> {
  if (!(await hasHistory(client))) return new Set()
  const { rows } = await client.query<{ migration_name: string }>(
    'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
  )
  return new Set(rows.map((row) => row.migration_name))
}

async function hasHistory(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS found`,
  )
  return rows[0]?.found === true
}

/**
 * A script is one transaction, so a migration that failed or was killed left nothing behind and may run again.
 * Without this mark the engine refuses every later migration.
 */
async function forgetFailures(client: Client): Promise<void> {
  if (!(await hasHistory(client))) return
  await client.query(
    'UPDATE _prisma_migrations SET rolled_back_at = now() WHERE finished_at IS NULL AND rolled_back_at IS NULL',
  )
}

async function applyAll({ url, migrationsDir }: MigrateOptions): Promise<string[]> {
  const migrationsList = await readMigrations(migrationsDir)
  try {
    const applied = await withSchemaEngine({ url }, (engine) =>
      engine.applyMigrations({ migrationsList, filters: NO_FILTERS }),
    )
    return applied.appliedMigrationNames
  } catch (error) {
    throw new StartError(describe((error as Error).message), { cause: error })
  }
}

/** The engine puts a prefix before what PostgreSQL said, and a trace of its own source after it. */
function describe(message: string): string {
  const [text = ''] = message.replaceAll(/external connector error|Error querying the database:/g, '').split('\n   0:')
  const cause = text.trim().replaceAll(/\s*\n\s*/g, ' ')
  const name = /migration_name="(.*?)"/.exec(message)?.[1]
  return name ? `Migration ${name} failed and was rolled back: ${cause}` : `The database cannot be migrated: ${cause}`
}

async function listMigrations(migrationsDir: string): Promise<string[]> {
  const entries = await readdir(migrationsDir, { withFileTypes: true })
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}

async function readMigrations(migrationsDir: string): Promise<MigrationList> {
  const names = await listMigrations(migrationsDir)
  const scripts = await Promise.all(
    names.map((name) => readFile(path.join(migrationsDir, name, 'migration.sql'), 'utf8')),
  )
  return {
    baseDir: migrationsDir,
    lockfile: { path: 'migration_lock.toml', content: null },
    shadowDbInitScript: '',
    migrationDirectories: names.map((name, index) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: scripts[index] ?? '' } },
    })),
  }
}

/** The SQL that turns the database into what the Prisma schema says; null when they agree. */
export async function schemaDiff({ url, schemaPath }: { url: string; schemaPath: string }): Promise<string | null> {
  const schema = await readFile(schemaPath, 'utf8')
  const files = [{ path: 'schema.prisma', content: schema }]
  const { stdout } = await withSchemaEngine({ url, schema }, (engine) =>
    engine.diff({
      from: { tag: 'schemaDatasource', files, configDir: '.' },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: null,
      filters: NO_FILTERS,
    }),
  )
  return stdout === null || stdout.includes('This is an empty migration') ? null : stdout
}
