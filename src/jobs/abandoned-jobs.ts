import type { Pool } from 'pg'

/**
 * Gives the jobs of workers that were killed to others, and returns how many. A worker locks its jobs under the name of
 * its connections, which PostgreSQL forgets when the process ends; the runner itself waits four hours. The try is not
 * counted: it says nothing against the job.
 */
export async function releaseAbandonedJobs(pool: Pool): Promise<number> {
  const { rowCount } = await pool.query(`
    UPDATE /* jobs.releaseAbandoned */ graphile_worker._private_jobs SET locked_by = NULL, locked_at = NULL, attempts = greatest(attempts - 1, 0)
    WHERE locked_by IS NOT NULL AND NOT EXISTS (
      SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = locked_by)`)
  return rowCount ?? 0
}
