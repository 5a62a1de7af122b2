import type { Client, DatabaseError } from 'pg'
import type { Log } from '../../foundation/log.ts'
import { StartError } from '../../foundation/start-error.ts'
import { withConnection } from '../connections/connection.ts'
import { listMigrations, type Migration, readMigration } from './migration-files.ts'
import { appliedMigrations, assertServable, openHistory, recordMigration, repairHistory } from './migration-history.ts'
import { applySqlFiles, newerSqlFiles, readSqlFiles, type SqlFile } from './sql-files.ts'

export type MigrateOptions = {
  url: string
  migrationsDir: string
  log?: Log
  /** Applies these alone, and no file of prisma/sql, for rows of an earlier version. */
  only?: readonly string[]
}

/** The server that migrates holds the lock while the others wait. Any number that no other lock uses. */
const MIGRATION_LOCK = 7_927_002
const OLDEST_SERVER = 15

/** A trigger is replaced under a lock of its table, while other servers write to several tables in an order of their own. */
const DEADLOCK = '40P01'
const ATTEMPTS = 10

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

/**
 * Applies the missing migrations and the newer files of prisma/sql, and returns the names of the migrations. Several servers may
 * migrate at once, and any may be killed.
 */
export async function migrate({ url, migrationsDir, log, only }: MigrateOptions): Promise<string[]> {
  const known = only ?? (await listMigrations(migrationsDir))
  const files = only ? [] : await readSqlFiles(migrationsDir)
  return withConnection(url, async (client) => {
    await assertServable(client, known)
    const isMissing = missing(known, await appliedMigrations(client)).length > 0
    if (!isMissing && (await newerSqlFiles(client, files)).length === 0) return []
    await client.query('SELECT /* migrations.lock */ pg_advisory_lock($1)', [MIGRATION_LOCK])
    const read = (name: string) => readMigration(migrationsDir, name)
    await openHistory(client)
    await repairHistory(client, read)
    const names = missing(known, await appliedMigrations(client))
    const last = names.at(-1)
    for (const name of names) await apply(client, await read(name), name === last ? files : [])
    if (last === undefined) await inTransaction(client, 'prisma/sql', () => applySqlFiles(client, files))
    if (names.length > 0) log?.info({ migrations: names }, 'database migrated')
    return names
  })
}

export async function pendingMigrations({ url, migrationsDir }: Omit<MigrateOptions, 'log'>): Promise<string[]> {
  const [known, applied] = await Promise.all([
    listMigrations(migrationsDir),
    withConnection(url, (client) => appliedMigrations(client)),
  ])
  return missing(known, applied)
}

const missing = (known: readonly string[], applied: ReadonlySet<string>) => known.filter((name) => !applied.has(name))

/**
 * Runs the script, its record and the files of prisma/sql in one transaction, so that a kill leaves everything or nothing, and so
 * that no server writes to changed tables through functions that do not know the change.
 */
async function apply(client: Client, migration: Migration, files: readonly SqlFile[]): Promise<void> {
  await inTransaction(client, `Migration ${migration.name}`, async () => {
    await client.query(migration.script)
    await recordMigration(client, migration)
    await applySqlFiles(client, files)
  })
}

async function inTransaction(client: Client, what: string, work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await client.query('BEGIN')
    try {
      await work()
      await client.query('COMMIT')
      return
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined)
      const { code, severity = 'ERROR', message } = error as DatabaseError
      if (code === DEADLOCK && attempt < ATTEMPTS) continue
      const cause = `${severity}: ${message.replaceAll(/\s*\n\s*/g, ' ')}`
      throw new StartError(`${what} failed and was rolled back: ${cause}`, { cause: error })
    }
  }
}
