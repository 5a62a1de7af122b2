// The functions and triggers of the database: prisma/sql has them as they are now, in one file for each concern. prisma/sql/README.md says
// how to change one.
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { ClientBase } from 'pg'
import { StartError } from '../../foundation/start-error.ts'

export type SqlFile = { name: string; version: number; script: string }

async function readSqlFile(file: string): Promise<SqlFile> {
  const script = await readFile(file, 'utf8')
  const [, version] = /^-- Version: (\d+)\n/.exec(script) ?? []
  if (version === undefined) throw new StartError(`The first line of ${file} does not say its version`)
  return { name: path.basename(file), version: Number(version), script }
}

/** The files of the folder `sql` beside the migrations, in the order of their names. */
export async function readSqlFiles(migrationsDir: string): Promise<SqlFile[]> {
  const folder = path.join(migrationsDir, '..', 'sql')
  const names = existsSync(folder) ? await readdir(folder) : []
  return Promise.all(
    names
      .filter((name) => name.endsWith('.sql'))
      .sort()
      .map((name) => readSqlFile(path.join(folder, name))),
  )
}

/**
 * The files that are newer than what the database has. A file that is older is left out, because a newer Waybill has been here: what that
 * one defined stays when a server of an older version starts again.
 */
export async function newerSqlFiles(client: ClientBase, files: readonly SqlFile[]): Promise<SqlFile[]> {
  const { rows: table } = await client.query<{ found: boolean }>(
    `SELECT /* sqlFiles.isThere */ to_regclass('sql_files') IS NOT NULL AS found`,
  )
  const { rows } = table[0]?.found
    ? await client.query<{ name: string; version: number }>(
        'SELECT /* sqlFiles.versions */ name, version FROM sql_files',
      )
    : { rows: [] }
  const versions = new Map(rows.map(({ name, version }) => [name, version]))
  return files.filter(({ name, version }) => version > (versions.get(name) ?? 0))
}

/** Runs each file and records its version, in the transaction of the caller. */
export async function applySqlFiles(client: ClientBase, files: readonly SqlFile[]): Promise<void> {
  for (const { name, version, script } of await newerSqlFiles(client, files)) {
    await client.query(script)
    await client.query(
      `INSERT /* sqlFiles.record */ INTO sql_files (name, version) VALUES ($1, $2)
       ON CONFLICT (name) DO UPDATE SET version = excluded.version`,
      [name, version],
    )
  }
}
