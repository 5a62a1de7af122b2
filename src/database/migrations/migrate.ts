import type { Client, DatabaseError } from 'pg'
import type { Log } from '../../foundation/log.ts'
import { StartError } from '../../foundation/start-error.ts'
import { withConnection } from '../connections/connection.ts'
import { listMigrations, type Migration, readMigration } from './migration-files.ts'
import { appliedMigrations, assertServable, openHistory, recordMigration, repairHistory } from './migration-history.ts'

export type MigrateOptions = { url: string; migrationsDir: string; log?: Log }

/** The server that migrates holds the lock while the others wait. Any number that no other lock uses. */
const MIGRATION_LOCK = 7_927_002
const OLDEST_SERVER = 15

/** Throws unless the database server can be reached and is new enough. */
export async function assertServerVersion(url: string): Promise<void> {
  await withConnection(url, async (client) => {
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version')
    const version = rows[0]?.server_version ?? ''
    if (Number.parseInt(version, 10) >= OLDEST_SERVER) return
    const server = `${client.host}:${client.port}`
    throw new StartError(`PostgreSQL ${OLDEST_SERVER} or newer is needed; the server at ${server} is ${version}`)
  })
}

/** Applies the missing migrations and returns their names. Several servers may migrate at once, and any may be killed. */
export async function migrate({ url, migrationsDir, log }: MigrateOptions): Promise<string[]> {
  const known = await listMigrations(migrationsDir)
  return withConnection(url, async (client) => {
    await assertServable(client, known)
    if (missing(known, await appliedMigrations(client)).length === 0) return []
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK])
    const read = (name: string) => readMigration(migrationsDir, name)
    await openHistory(client)
    await repairHistory(client, read)
    const names = missing(known, await appliedMigrations(client))
    for (const name of names) await apply(client, await read(name))
    if (names.length > 0) log?.info({ migrations: names }, 'database migrated')
    return names
  })
}

/** The migrations of the folder that the database lacks. */
export async function pendingMigrations({ url, migrationsDir }: Omit<MigrateOptions, 'log'>): Promise<string[]> {
  const [known, applied] = await Promise.all([
    listMigrations(migrationsDir),
    withConnection(url, (client) => appliedMigrations(client)),
  ])
  return missing(known, applied)
}

const missing = (known: readonly string[], applied: ReadonlySet<string>) => known.filter((name) => !applied.has(name))

/** Runs the script and records it in one transaction, so that a kill leaves both or neither. */
async function apply(client: Client, migration: Migration): Promise<void> {
  await client.query('BEGIN')
  try {
    await client.query(migration.script)
    await recordMigration(client, migration)
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    const { severity = 'ERROR', message } = error as DatabaseError
    const cause = `${severity}: ${message.replaceAll(/\s*\n\s*/g, ' ')}`
    throw new StartError(`Migration ${migration.name} failed and was rolled back: ${cause}`, { cause: error })
  }
}
