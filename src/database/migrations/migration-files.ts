import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'

/** The version of the first migrations, which name no version. */
const FIRST_VERSION = '0.1.0'

export type Migration = {
  name: string
  script: string
  /** The oldest version of Waybill that can serve the database after the script. */
  oldestVersion: string
}

/** The names of the migrations, in the order in which they are applied. */
export async function listMigrations(migrationsDir: string): Promise<string[]> {
  const entries = await readdir(migrationsDir, { withFileTypes: true })
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}

export async function readMigration(migrationsDir: string, name: string): Promise<Migration> {
  const script = await readFile(path.join(migrationsDir, name, 'migration.sql'), 'utf8')
  const [, oldestVersion = FIRST_VERSION] = /^-- Oldest version: (\S+)$/m.exec(script) ?? []
  return { name, script, oldestVersion }
}

/** The checksum that Prisma's tools record. */
export const checksumOf = ({ script }: Migration): string => createHash('sha256').update(script).digest('hex')
