import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { Client } from 'pg'
import { withConnection } from '../../database/connections/connection.ts'
import { copyIn } from '../../database/copy.ts'
import { migrate } from '../../database/migrations/migrate.ts'
import { listMigrations } from '../../database/migrations/migration-files.ts'
import { appliedMigrations } from '../../database/migrations/migration-history.ts'
import { StartError } from '../../foundation/start-error.ts'
import type { BackupStore } from './backup-parts.ts'
import { columnList, JOB_COLUMNS, JOBS, quoted, sequencesOf } from './copied-tables.ts'
import type { Entry, Header } from './manifest.ts'

export type Database = {
  /** A connection of this database has a session of its own. */
  url: string
  migrationsDir: string
  /** Makes the tables of jobs. */
  migrateJobs: (url: string) => Promise<void>
}

const NOT_EMPTY = 'A restore needs an empty database, and this one'

/** Tables in which every server that is used has a row. */
const USED = ['users', 'groups', 'projects', 'signing_keys', 'audit_events']

/** A table of these that has a row; null without. A migration that was killed has not made all of them. */
async function usedTable(client: Client): Promise<string | null> {
  for (const table of USED) {
    const { rows: there } = await client.query('SELECT /* backups.isThere */ WHERE to_regclass($1) IS NOT NULL', [
      table,
    ])
    if (there.length === 0) continue
    const { rows } = await client.query(`SELECT /* backups.isUsed */ FROM ${table} LIMIT 1`)
    if (rows.length > 0) return table
  }
  return null
}

/**
 * Whether the database has the rows of the backup. No server has started since the restore began, so whatever rows there are came
 * with it; the numbers that the sequences gave tell a database that was used before.
 */
export function isFilled({ url }: Database, header: Header): Promise<boolean> {
  return withConnection(url, async (client) => {
    if ((await usedTable(client)) === null) return false
    const sequences = await sequencesOf(client)
    return Object.entries(header.sequences).every(([name, last]) => sequences[name] === last)
  })
}

/** Throws unless the database is empty, or a restore has only made its tables, and this Waybill knows the backup's migrations. */
export async function assertFillable({ url, migrationsDir }: Database, { migrations, version }: Header): Promise<void> {
  const known = new Set(await listMigrations(migrationsDir))
  if (migrations.some((name) => !known.has(name))) {
    throw new StartError(`The backup was taken by Waybill ${version}, which is newer: restore it with that version`)
  }
  await withConnection(url, async (client) => {
    for (const name of await appliedMigrations(client)) {
      if (!migrations.includes(name)) throw new StartError(`${NOT_EMPTY} is migrated: create it anew`)
    }
    const used = await usedTable(client)
    if (used !== null) throw new StartError(`${NOT_EMPTY} has ${used.replace('_', ' ')}`)
  })
}

const REFERENCES = `
  SELECT /* backups.references */ conrelid::regclass::text AS "from", confrelid::regclass::text AS "to"
  FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace AND conrelid <> confrelid`

/** The tables in an order in which each comes after the tables to which its rows refer. */
async function inOrder(client: Client, tables: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ from: string; to: string }>(REFERENCES)
  const ordered = new Set<string>()
  const visit = (table: string, from: readonly string[]) => {
    if (ordered.has(table)) return
    if (from.includes(table)) throw new Error(`References lead in a circle: ${[...from, table].join(', ')}`)
    for (const row of rows) if (row.from === table && tables.includes(row.to)) visit(row.to, [...from, table])
    ordered.add(table)
  }
  for (const table of tables) visit(table, [])
  return [...ordered]
}

async function rowsIn(source: BackupStore, { key }: Entry): Promise<Readable> {
  const content = await source.get(key)
  if (!content) throw new StartError(`The backup does not have ${key}`)
  const rows = createGunzip()
  content.once('error', (error) => rows.destroy(error))
  return content.pipe(rows)
}

async function restoreJobs(client: Client, jobs: Readable): Promise<void> {
  await client.query(`CREATE TEMPORARY TABLE restored_jobs (identifier text, payload json, queue_name text, run_at timestamptz,
    max_attempts int, key text, priority int) ON COMMIT DROP`)
  await copyIn(client, `COPY restored_jobs (${JOB_COLUMNS}) FROM STDIN`, jobs)
  await client.query(`SELECT /* backups.restoreJobs */ graphile_worker.add_job(identifier, payload, queue_name, run_at,
    max_attempts, key, priority) FROM restored_jobs`)
}

type Rows = { header: Header; source: BackupStore; entries: readonly Entry[]; show: (line: string) => void }

/** Triggers would count and derive again what the rows have already. */
async function fill(client: Client, { header, source, entries, show }: Rows): Promise<void> {
  const byTable = new Map(entries.map((entry) => [entry.of, entry]))
  const tables = await inOrder(client, Object.keys(header.tables))
  const list = tables.map(quoted).join(', ')
  await client.query(`TRUNCATE ${list} CASCADE`)
  for (const table of tables) await client.query(`ALTER TABLE ${quoted(table)} DISABLE TRIGGER USER`)
  for (const table of tables) {
    show(`rows of ${table}`)
    const entry = byTable.get(table)
    if (!entry) throw new StartError(`The backup has no rows of ${table}`)
    const sql = `COPY ${quoted(table)} (${columnList(header.tables[table] ?? [])}) FROM STDIN`
    await copyIn(client, sql, await rowsIn(source, entry))
  }
  await client.query('SET CONSTRAINTS ALL IMMEDIATE')
  for (const table of tables) await client.query(`ALTER TABLE ${quoted(table)} ENABLE TRIGGER USER`)
  for (const [name, last] of Object.entries(header.sequences)) {
    await client.query('SELECT /* backups.setSequence */ setval($1::text::regclass, $2)', [quoted(name), last])
  }
  const jobs = byTable.get(JOBS)
  if (jobs) await restoreJobs(client, await rowsIn(source, jobs))
}

/** Makes the tables as they were, and fills them in one transaction, as their owner, who need not be a superuser. */
export async function restoreRows({ url, migrationsDir, migrateJobs }: Database, rows: Rows): Promise<void> {
  await migrate({ url, migrationsDir, only: rows.header.migrations })
  await migrateJobs(url)
  await withConnection(url, async (client) => {
    await client.query('BEGIN')
    await client.query("SET LOCAL statement_timeout = 0; SET LOCAL datestyle = 'ISO'; SET LOCAL timezone = 'UTC'")
    await fill(client, rows)
    await client.query('COMMIT')
  })
}
