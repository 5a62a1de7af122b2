// Every repository is maintained about once a day. One repository at a time is maintained, by any of the processes.
import { db } from '../database/db.ts'

/** The most projects for which jobs are added at once. The projects that have waited longest come first. */
const MANY = 1000

/** Adds the jobs to one queue, so that only one runs at a time. A job that already waits is not added again. */
export const requestRepositoryMaintenance = () => db.$executeRaw`
  SELECT /* jobs.requestRepositoryMaintenance */ graphile_worker.add_job('keep-repository', json_build_object('projectId', due.id), queue_name => 'repositories',
    max_attempts => 3, job_key => 'repository ' || due.id, job_key_mode => 'preserve_run_at', priority => 10)
  FROM (
    SELECT p.id FROM projects p LEFT JOIN repository_checks c ON c.project_id = p.id
    WHERE p.deleted_at IS NULL AND (c.kept_at IS NULL OR c.kept_at < now() - interval '1 day')
    ORDER BY c.kept_at NULLS FIRST, p.id LIMIT ${MANY}) AS due`

export const countDamagedRepositories = () => db.repositoryCheck.count({ where: { problem: { not: null } } })
