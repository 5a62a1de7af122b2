import { db } from '../database/db.ts'
import type { Jobs } from '../database/job-queue.ts'
import { isBackupRunning, REMOVALS } from '../modules/backups/backup-lock.ts'

/** Adds the job again, for later. The runner then counts the running one as done. */
const addAgain = (id: string) => db.$executeRaw`
  SELECT /* jobs.putOff */ graphile_worker.add_job(t.identifier, j.payload, q.queue_name, now() + interval '1 minute',
    j.max_attempts, j.key, j.priority)
  FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id
    LEFT JOIN graphile_worker._private_job_queues q ON q.id = j.job_queue_id
  WHERE j.id = ${id}::bigint`

/** Puts off a job that removes something while a backup runs. Returns whether it did. */
export async function putOffDuringBackup(name: string, jobId: string): Promise<boolean> {
  if (!REMOVALS.has(name as keyof Jobs) || !(await isBackupRunning())) return false
  await addAgain(jobId)
  return true
}
