import { Command } from 'commander'
import { loadConfig } from '../config.ts'
import { startEmbeddedPostgres } from '../database/embedded-postgres.ts'
import { assertServerVersion, migrate } from '../database/migrate.ts'
import { migrationsDir } from '../database/open-database.ts'
import { commandLog } from './with-database.ts'

async function applyMigrations(url: string): Promise<void> {
  await assertServerVersion(url)
  const names = await migrate({ url, migrationsDir })
  process.stdout.write(`${names.length === 0 ? 'nothing to do' : names.join('\n')}\n`)
}

async function run(): Promise<void> {
  const config = loadConfig(process.env)
  if (config.databaseUrl !== null) return applyMigrations(config.databaseUrl)
  const postgres = await startEmbeddedPostgres({ dataDir: config.dataDir, log: commandLog(config) })
  try {
    await applyMigrations(postgres.url)
  } finally {
    await postgres.stop()
  }
}

export const migrateCommand = () =>
  new Command('migrate').description('Apply the migrations that the database lacks, and print their names.').action(run)
