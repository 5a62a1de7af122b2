import path from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { Client } from 'pg'
import { copyOut } from '../../database/copy.ts'
import { appliedMigrations } from '../../database/migrations/migration-history.ts'
import { storeMeasured } from '../../storage/store-measured.ts'
import type { BackupParts } from './backup-parts.ts'
import { columnList, findTables, JOBS, quoted, SELECT_JOBS, sequencesOf } from './copied-tables.ts'
import type { Header } from './manifest.ts'
import { listReleasedTags } from './released-tags.ts'
import { listStoredFiles } from './stored-files.ts'

/** The texts of values are the same on every server. No row takes too long. */
const SETTINGS = `SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;
  SET LOCAL datestyle = 'ISO'; SET LOCAL timezone = 'UTC'; SET LOCAL intervalstyle = 'postgres'; SET LOCAL extra_float_digits = 3`

type Lists = {
  /** The files that the rows name. */
  files: string
  /** All projects, each with the tags and commits of its releases. */
  released: string
}

async function copyRows(
  { target, manifest, show }: BackupParts,
  { of, key, rows }: { of: string; key: string; rows: Readable },
): Promise<void> {
  show(`rows of ${of}`)
  const zipped = createGzip()
  const [{ size, sha256 }] = await Promise.all([storeMeasured(target, key, zipped), pipeline(rows, zipped)])
  await manifest.add({ kind: 'rows', of, key, size: Number(size), sha256 })
}

type BackedUp = Lists & Pick<Header, 'takenAt' | 'migrations' | 'tables' | 'sequences'>

/** Copies all rows as they are at one moment, and lists the files, projects and tags that they name. */
export async function backUpRows(client: Client, parts: BackupParts): Promise<BackedUp> {
  const lists = { files: path.join(parts.scratch, 'files'), released: path.join(parts.scratch, 'released') }
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  await client.query(SETTINGS)
  const tables = await findTables(client)
  const { rows } = await client.query<{ now: Date }>('SELECT /* backups.moment */ clock_timestamp() AS now')
  const takenAt = rows[0]?.now.toISOString() ?? ''
  await listStoredFiles(client, lists.files)
  await listReleasedTags(client, lists.released)
  const keyOf = (of: string) => `rows/${parts.run}/${of}.gz`
  for (const [of, columns] of Object.entries(tables)) {
    const sql = `COPY ${quoted(of)} (${columnList(columns)}) TO STDOUT`
    await copyRows(parts, { of, key: keyOf(of), rows: copyOut(client, sql) })
  }
  const jobs = copyOut(client, `COPY (${SELECT_JOBS}) TO STDOUT`)
  await copyRows(parts, { of: JOBS, key: keyOf(JOBS), rows: jobs })
  const migrations = [...(await appliedMigrations(client))].sort()
  // Sequences are in no snapshot, and what they give later is in no row.
  const sequences = await sequencesOf(client)
  await client.query('COMMIT')
  return { ...lists, takenAt, migrations, tables, sequences }
}
