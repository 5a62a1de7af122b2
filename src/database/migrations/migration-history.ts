// The migrations of a database are recorded in the table that Prisma's tools read. A second table records the oldest version of
// Waybill that each migration allows, because an older server does not have the script.
import { randomUUID } from 'node:crypto'
import type { ClientBase, DatabaseError } from 'pg'
import { gte } from 'semver'
import { StartError } from '../../foundation/start-error.ts'
import { version } from '../../foundation/version.ts'
import { checksumOf, type Migration } from './migration-files.ts'

const CREATE_HISTORY = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id VARCHAR(36) PRIMARY KEY, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ, migration_name VARCHAR(255) NOT NULL,
    logs TEXT, rolled_back_at TIMESTAMPTZ, started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`

async function isThere(client: ClientBase, table: string): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>(
    'SELECT /* migrations.isThere */ to_regclass($1) IS NOT NULL AS found',
    [table],
  )
  return rows[0]?.found === true
}

/** Throws when the database has tables and none of them is Waybill's. */
export async function openHistory(client: ClientBase): Promise<void> {
  if (await isThere(client, '_prisma_migrations')) return
  const { rows } = await client.query<{ name: string }>(
    `SELECT /* migrations.foreignTable */ tablename AS name FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1 LIMIT 1`,
  )
  if (rows[0]) {
    const found = `it is not empty, and its table "${rows[0].name}" is not Waybill's`
    throw new StartError(`The database cannot be migrated: ${found}. Use a database of its own`)
  }
  await client.query(CREATE_HISTORY)
}

export async function appliedMigrations(client: ClientBase): Promise<Set<string>> {
  if (!(await isThere(client, '_prisma_migrations'))) return new Set()
  const { rows } = await client.query<{ name: string }>(
    `SELECT /* migrations.applied */ migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
  )
  return new Set(rows.map(({ name }) => name))
}

/** Must be called in the transaction of the script. */
export async function recordMigration(client: ClientBase, migration: Migration): Promise<void> {
  const { name, oldestVersion } = migration
  await client.query(
    `INSERT /* migrations.record */ INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
     VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
    [randomUUID(), checksumOf(migration), name],
  )
  if (!(await isThere(client, 'migration_requirements'))) return
  await client.query(
    `INSERT /* migrations.require */ INTO migration_requirements (migration, oldest_version) VALUES ($1, $2)
     ON CONFLICT (migration) DO UPDATE SET oldest_version = excluded.oldest_version`,
    [name, oldestVersion],
  )
}

/** Throws when a newer version of Waybill has changed the database so that this version cannot serve it. */
export async function assertServable(client: ClientBase, known: readonly string[]): Promise<void> {
  const unknown = [...(await appliedMigrations(client))].filter((name) => !known.includes(name))
  if (unknown.length === 0) return
  const { rows } = (await isThere(client, 'migration_requirements'))
    ? await client.query<{ migration: string; needed: string }>(
        'SELECT /* migrations.requirements */ migration, oldest_version AS needed FROM migration_requirements WHERE migration = ANY ($1)',
        [unknown],
      )
    : { rows: [] }
  const neededBy = new Map(rows.map(({ migration, needed }) => [migration, needed]))
  for (const name of unknown.sort()) {
    const needed = neededBy.get(name)
    if (needed === undefined) {
      throw new StartError(`The database has the migration ${name}, which Waybill ${version} does not know`)
    }
    if (gte(version, needed)) continue
    throw new StartError(`The database needs Waybill ${needed} or newer since ${name}; this is Waybill ${version}`)
  }
}

/** A table, a column or an operator class is undefined. */
const MISSING: ReadonlySet<string | undefined> = new Set(['42P01', '42703', '42704'])
const ALREADY_THERE: ReadonlySet<string | undefined> = new Set(['42P07', '42701', '42710', '42723'])

/**
 * Whether an interrupted migration of an early version of Waybill took effect. Early versions recorded the end of a migration
 * outside of the script's transaction. A script begins by making something new, so it can run again exactly when it has not taken effect.
 * A script that makes nothing new always runs again, so it must leave the same when it runs twice.
 */
async function tookEffect(client: ClientBase, { script }: Migration): Promise<boolean> {
  await client.query('BEGIN')
  try {
    await client.query(script)
    return false
  } catch (error) {
    const { code } = error as DatabaseError
    if (ALREADY_THERE.has(code)) return true
    // An earlier migration is missing, so this migration cannot have been applied.
    if (MISSING.has(code)) return false
    throw error
  } finally {
    await client.query('ROLLBACK')
  }
}

/** Decides each migration that is neither finished nor rolled back: records that it has finished, or that it must run again. */
export async function repairHistory(client: ClientBase, read: (name: string) => Promise<Migration>): Promise<void> {
  const { rows } = await client.query<{ id: string; name: string; logs: string | null }>(
    `SELECT /* migrations.unfinished */ id, migration_name AS name, logs FROM _prisma_migrations
     WHERE finished_at IS NULL AND rolled_back_at IS NULL ORDER BY started_at`,
  )
  for (const { id, name, logs } of rows) {
    // `logs` holds the error of a migration that failed and so was rolled back.
    const column = logs === null && (await tookEffect(client, await read(name))) ? 'finished_at' : 'rolled_back_at'
    await client.query(`UPDATE /* migrations.mend */ _prisma_migrations SET ${column} = now() WHERE id = $1`, [id])
  }
}
