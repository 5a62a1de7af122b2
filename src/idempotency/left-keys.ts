// Keys that requests of this process could not give back, because the database was away: nobody answers for them any more.
import { setTimeout } from 'node:timers/promises'
import { databaseNow } from '../foundation/database-clock.ts'

/** When the last request with this key failed. */
const left = new Map<string, Date>()

/** Whether the key was left behind; who asks has it from now on. */
export const takeLeft = (key: string): boolean => left.delete(key)

const RETRY_MS = 500
/** By then any request may take the key over. */
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

/** Has the key given back as soon as the database is there again, so that other processes find it free. */
export function leaveKey(key: string, giveBack: GiveBack): void {
  const isTried = left.has(key)
  left.set(key, databaseNow())
  if (!isTried) void keepTrying(key, giveBack)
}
