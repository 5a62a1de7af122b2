// Which keys requests of this process have, and what becomes of keys that could not be given back because the database was away.
import { setTimeout } from 'node:timers/promises'

/** Requests by the key that they have or ask for. */
const running = new Map<string, number>()

/** Runs it with whether no other request of this process has the key or asks for it. */
export async function alone<Result>(key: string, run: (isAlone: boolean) => Promise<Result>): Promise<Result> {
  const others = running.get(key) ?? 0
  running.set(key, others + 1)
  try {
    return await run(others === 0)
  } finally {
    const left = (running.get(key) ?? 1) - 1
    if (left > 0) running.set(key, left)
    else running.delete(key)
  }
}

const RETRY_MS = 500
/** By then any request may take the key over. */
const LONGEST_MS = 60_000

/** Does it as soon as the database is back. */
export async function keepTrying(giveBack: () => Promise<void>): Promise<void> {
  const deadline = performance.now() + LONGEST_MS
  while (performance.now() < deadline) {
    await setTimeout(RETRY_MS, undefined, { ref: false })
    const succeeded = await giveBack().then(
      () => true,
      () => false,
    )
    if (succeeded) return
  }
}
