import type { Pool } from 'pg'

/**
 * Releases the jobs of killed workers, and their queues, to other workers, and returns their number. A worker locks its jobs under the name of its
 * connections, which PostgreSQL no longer lists when the process has ended. The runner itself would wait four hours. The attempt
 * is not counted, because the job is not to blame.
 */
export async function releaseAbandonedJobs(pool: Pool): Promise<number> {
  await pool.query(`
    UPDATE /* jobs.releaseQueues */ graphile_worker._private_job_queues SET locked_by = NULL, locked_at = NULL
    WHERE locked_by IS NOT NULL AND locked_by NOT IN (
      SELECT application_name FROM pg_stat_activity WHERE datname = current_database() AND application_name IS NOT NULL)`)
  const { rowCount } = await pool.query(`
    UPDATE /* jobs.releaseAbandoned */ graphile_worker._private_jobs SET locked_by = NULL, locked_at = NULL, attempts = greatest(attempts - 1, 0)
    WHERE locked_by IS NOT NULL AND NOT EXISTS (
      SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = locked_by)`)
  return rowCount ?? 0
}
