import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { version } from '../../foundation/version.ts'
import { migrate } from './migrate.ts'
import { schemaDiff } from './schema-diff.ts'

export type WriteMigrationOptions = {
  /** A description of the migration, for the folder's name. */
  name: string
  /** An empty database, to which the existing migrations are applied. */
  url: string
  migrationsDir: string
  schemaPath: string
  now: Date
}

/**
 * Writes the migration that leads from the folder's migrations to the Prisma schema; null when they agree. The migration's first
 * line names this version as the oldest that can serve the database. Edit the line when an older version can, too.
 */
export async function writeMigration(options: WriteMigrationOptions): Promise<string | null> {
  await migrate(options)
  const sql = await schemaDiff(options)
  if (sql === null) return null
  const timestamp = options.now.toISOString().replaceAll(/\D/g, '').slice(0, 14)
  const file = path.join(options.migrationsDir, `${timestamp}_${options.name}`, 'migration.sql')
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, `-- Oldest version: ${version}\n\n${sql}`)
  return file
}
