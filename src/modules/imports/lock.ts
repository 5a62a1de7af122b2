import { db } from '../../database/db.ts'

/** The transaction that holds the lock lasts as long as the work. */
const LONGEST_MS = 24 * 60 * 60 * 1000
/** How long it waits for a free connection. */
const START_MS = 10_000

/** Not 0, because the database locks the paths of groups and projects with 0, and they must not meet these names. */
const SEED = 1

/**
 * Does the work while no other process, on this machine or another, works under the same name. If another process does, `onTaken`
 * is called. It may throw in order to give up; otherwise we wait until the other process ends. The lock ends with its
 * transaction, even when this process crashes. The transaction writes nothing and locks no row, so a long git command inside it
 * hinders nobody.
 */
export function withLock<T>(name: string, work: () => Promise<T>, onTaken: () => void): Promise<T> {
  return db.$transaction(
    async (tx) => {
      const [row] = await tx.$queryRaw<{ free: boolean }[]>`
        SELECT /* imports.tryLock */ pg_try_advisory_xact_lock(hashtextextended(${name}, ${SEED})) AS free,
               set_config('idle_in_transaction_session_timeout', '0', true)`
      if (!row?.free) {
        onTaken()
        await tx.$executeRaw`SELECT /* imports.lock */ pg_advisory_xact_lock(hashtextextended(${name}, ${SEED}))`
      }
      return work()
    },
    { timeout: LONGEST_MS, maxWait: START_MS },
  )
}
