import { Logger, runMigrations } from 'graphile-worker'
import { DatabasePool } from '../database/connections/database-pool.ts'
import { askByNewConnection } from '../database/connections/running-statements.ts'

/** Drops the runner's own log. Failures are thrown, or reach our log as failed jobs. */
const silentLogger = new Logger(() => () => {})

/** Creates or updates the tables of the job runner. Several servers may do so at once. */
export async function migrateJobs(url: string): Promise<void> {
  const pgPool = new DatabasePool({ connectionString: url, max: 1, isRunning: askByNewConnection(url) })
  try {
    await runMigrations({ pgPool, logger: silentLogger })
  } finally {
    await pgPool.end()
  }
}
