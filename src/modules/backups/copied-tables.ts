import type { Client } from 'pg'

/**
 * What no backup has: the history of migrations, which a restore makes anew; sessions, because one that was ended since would live
 * again; the time of the last backup, because a restored server has none yet; and what lasts a minute.
 */
const LEFT_OUT = [
  '_prisma_migrations',
  'migration_requirements',
  'sql_files',
  'sessions',
  'last_backup',
  'rate_limits',
  'readiness_checks',
]

const TABLES = `
  SELECT /* backups.tables */ c.relname AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
  WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
    AND a.attgenerated = '' AND c.relname <> ALL ($1)
  GROUP BY c.relname ORDER BY c.relname`

/** The tables of a backup, each with its columns. */
export async function findTables(client: Client): Promise<Record<string, string[]>> {
  const { rows } = await client.query<{ name: string; columns: string[] }>(TABLES, [LEFT_OUT])
  return Object.fromEntries(rows.map(({ name, columns }) => [name, columns]))
}

export const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`

export const columnList = (columns: readonly string[]) => columns.map(quoted).join(', ')

/** Jobs are copied by what the runner's own functions take, because its tables change with its versions. */
export const JOBS = 'graphile_worker'
export const JOB_COLUMNS = 'identifier, payload, queue_name, run_at, max_attempts, key, priority'
export const SELECT_JOBS = `
  SELECT t.identifier, j.payload, q.queue_name, j.run_at, j.max_attempts, j.key, j.priority
  FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id
    LEFT JOIN graphile_worker._private_job_queues q ON q.id = j.job_queue_id
  ORDER BY j.id`

/** The last number that each sequence has given. */
export async function sequencesOf(client: Client): Promise<Record<string, string>> {
  const { rows } = await client.query<{ name: string; last: string }>(
    `SELECT /* backups.sequences */ sequencename AS name, last_value::text AS last FROM pg_sequences
     WHERE schemaname = current_schema() AND last_value IS NOT NULL`,
  )
  return Object.fromEntries(rows.map(({ name, last }) => [name, last]))
}
