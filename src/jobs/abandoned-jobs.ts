import type { Pool } from 'pg'

/** `locked_by` names the connections of a process that has ended. */
const isAbandoned = `locked_by IS NOT NULL AND NOT EXISTS (
  SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = locked_by)`

/**
 * Releases the jobs of killed workers to other workers, and returns their number. A worker locks its jobs, and the queues in which
 * they are, under the name of its connections, which PostgreSQL no longer lists when the process has ended. The runner itself would
 * wait four hours. The attempt is not counted, because the job is not to blame.
 */
export async function releaseAbandonedJobs(pool: Pool): Promise<number> {
  const { rowCount } = await pool.query(`
    WITH /* jobs.releaseAbandoned */ queues AS (
      UPDATE graphile_worker._private_job_queues SET locked_by = NULL, locked_at = NULL WHERE ${isAbandoned})
    UPDATE graphile_worker._private_jobs SET locked_by = NULL, locked_at = NULL, attempts = greatest(attempts - 1, 0)
    WHERE ${isAbandoned}`)
  return rowCount ?? 0
}
