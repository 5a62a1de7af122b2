import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { version } from '../../foundation/version.ts'
import { migrate } from './migrate.ts'
import { schemaDiff } from './schema-diff.ts'

export type WriteMigrationOptions = {
  /** What the migration does, for the folder's name. */
  name: string
  /** An empty database to try the existing migrations in. */
  url: string
  migrationsDir: string
  schemaPath: string
  now: Date
}

/**
 * Writes the migration that is missing between the folder and the Prisma schema; null when they agree. Its first line says that older
 * servers cannot go on with it, until somebody who knows better names an older version there.
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
