import { Logger, runMigrations } from 'graphile-worker'
import { DatabasePool } from '../database/connections/database-pool.ts'
import { askByNewConnection } from '../database/connections/running-statements.ts'

/** Drops the runner's own log. Failures are thrown, or reach our log as failed jobs. */
const silentLogger = new Logger(() => () => {})

/** Held while the index is made: `CREATE INDEX IF NOT EXISTS` fails when another server makes it at the same moment. */
const INDEX_LOCK = 7_927_006

/** The jobs that run or were given up are few, and are counted without reading the whole queue. */
const INDEX = `
  DO /* jobs.index */ $$ BEGIN
    IF to_regclass('graphile_worker.waybill_jobs_taken') IS NULL THEN
      PERFORM pg_advisory_xact_lock(${INDEX_LOCK});
      CREATE INDEX IF NOT EXISTS waybill_jobs_taken ON graphile_worker._private_jobs (locked_at) WHERE NOT is_available;
    END IF;
  END $$`

/** Creates or updates the tables of the job runner. Several servers may do so at once. */
export async function migrateJobs(url: string): Promise<void> {
  const pgPool = new DatabasePool({ connectionString: url, max: 1, isRunning: askByNewConnection(url) })
  try {
    await runMigrations({ pgPool, logger: silentLogger })
    await pgPool.query(INDEX)
  } finally {
    await pgPool.end()
  }
}
