import { Logger, runMigrations } from 'graphile-worker'

/** Nothing of the job runner's own chatter; its failures are thrown or reach our log as failed jobs. */
const silentLogger = new Logger(() => () => {})

/** Makes or updates the tables of the job runner; several nodes may do so at once. */
export const migrateJobs = (url: string): Promise<void> =>
  runMigrations({ connectionString: url, logger: silentLogger })
