import { Logger, runMigrations } from 'graphile-worker'
import { DatabasePool } from '../database/connections/database-pool.ts'
import { askByNewConnection } from '../database/connections/running-statements.ts'

/** Nothing of the job runner's own chatter; its failures are thrown or reach our log as failed jobs. */
const silentLogger = new Logger(() => () => {})

/** Makes or updates the tables of the job runner; several nodes may do so at once. */
export async function migrateJobs(url: string): Promise<void> {
  const pgPool = new DatabasePool({ connectionString: url, max: 1, isRunning: askByNewConnection(url) })
  try {
    await runMigrations({ pgPool, logger: silentLogger })
  } finally {
    await pgPool.end()
  }
}
