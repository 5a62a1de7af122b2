import type { Tx } from '../db.ts'

/** Every job there is, with what it is told. */
export type Jobs = {
  'collect-evidence': { releaseId: number; occasion: string }
}

type EnqueueOptions = {
  /** Not before; by default at once. */
  runAt?: Date
  /** A job of the same key that waits is replaced. */
  key?: string
}

/** The job exists when, and only when, the transaction commits. It is tried again with growing pauses when it fails. */
export async function enqueue<Name extends keyof Jobs>(
  tx: Tx,
  name: Name,
  payload: Jobs[Name],
  { runAt, key }: EnqueueOptions = {},
): Promise<void> {
  await tx.$executeRaw`
    SELECT graphile_worker.add_job(${name}, ${JSON.stringify(payload)}::json,
      run_at => coalesce(${runAt ?? null}::timestamptz, now()), job_key => ${key ?? null}::text)`
}

/** Drops the job of that key if it waits. */
export async function dequeue(tx: Tx, key: string): Promise<void> {
  await tx.$executeRaw`SELECT graphile_worker.remove_job(${key})`
}
