// Remembers the keys that requests of this process could not free, because the database was away. No request holds these keys.
import { setTimeout } from 'node:timers/promises'
import { databaseNow } from '../foundation/database-clock.ts'

/** The abandoned keys, each with the time at which its last request failed. */
const abandoned = new Map<string, Date>()

/** Whether the key was abandoned. The caller takes the key over. */
export const takeAbandonedKey = (key: string): boolean => abandoned.delete(key)

const RETRY_MS = 500
/** After this time any request may take the key over. */
const LONGEST_MS = 60_000

type FreeKey = (failedAt: Date) => Promise<void>

async function keepTrying(key: string, freeKey: FreeKey): Promise<void> {
  for (;;) {
    await setTimeout(RETRY_MS, undefined, { ref: false })
    const failedAt = abandoned.get(key)
    if (!failedAt) return
    const isOver = await freeKey(failedAt).then(
      () => true,
      () => databaseNow().getTime() - failedAt.getTime() > LONGEST_MS,
    )
    if (!isOver || abandoned.get(key) !== failedAt) continue
    abandoned.delete(key)
    return
  }
}

/** Frees the key as soon as the database is back, so that other processes can claim it. */
export function abandonKey(key: string, freeKey: FreeKey): void {
  const isTried = abandoned.has(key)
  abandoned.set(key, databaseNow())
  if (!isTried) void keepTrying(key, freeKey)
}
