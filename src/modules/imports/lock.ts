import { db } from '../../database/db.ts'

/** A transaction that only holds the lock may be as old as the longest work. */
const LONGEST_MS = 24 * 60 * 60 * 1000
/** For a free connection. */
const START_MS = 10_000

/** Not 0: with that the database locks the paths of groups and projects, which must not meet these names. */
const SEED = 1

/**
 * Works while no other process, on this machine or another, works under the same name. `onTaken` is called when one does:
 * it may throw to give up, else the other's end is waited for. The lock ends with its transaction, even when we crash;
 * that transaction writes nothing and holds no row, so that a long git command inside it hinders nobody.
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
