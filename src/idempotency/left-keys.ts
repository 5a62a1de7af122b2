// Remembers the keys that requests of this process could not free, because the database was away. No request holds these keys.
import { setTimeout } from 'node:timers/promises'
import { databaseNow } from '../foundation/database-clock.ts'

/** The abandoned keys, each with the time at which its last request failed. */
const left = new Map<string, Date>()

/** Whether the key was abandoned. The caller takes the key over. */
export const takeLeft = (key: string): boolean => left.delete(key)

const RETRY_MS = 500
/** After this time any request may take the key over. */
const LONGEST_MS = 60_000

type GiveBack = (failedAt: Date) => Promise<void>

async function keepTrying(key: string, giveBack: GiveBack): Promise<void> {
  for (;;) {
    await setTimeout(RETRY_MS, undefined, { ref: false })
    const failedAt = left.get(key)
    if (!failedAt) return
    const isOver = await giveBack(failedAt).then(
      () => true,
      () => databaseNow().getTime() - failedAt.getTime() > LONGEST_MS,
    )
    if (!isOver || left.get(key) !== failedAt) continue
    left.delete(key)
    return
  }
}

/** Frees the key as soon as the database is back, so that other processes can claim it. */
export function leaveKey(key: string, giveBack: GiveBack): void {
  const isTried = left.has(key)
  left.set(key, databaseNow())
  if (!isTried) void keepTrying(key, giveBack)
}
