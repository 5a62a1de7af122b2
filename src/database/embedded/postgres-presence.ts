// The embedded PostgreSQL is a process of its own, which somebody may kill, or the system for want of memory. Whoever uses it has a
// connection to it all the time: when that ends, the server has ended, or ends all connections because one of its processes crashed.
import { setTimeout } from 'node:timers/promises'
import type { Client } from 'pg'
import type { Log } from '../../foundation/log.ts'
import { StartError } from '../../foundation/start-error.ts'

/** Between two tries to have the server back. Each waits for as long as recovery may take. */
const PAUSES_MS = [100, 500, 2_000, 5_000, 10_000]

type Keeping = {
  /** Waits for the server, and starts it where it does not run. */
  again: () => Promise<Client>
  log: Log
  whenLost: ((reason: StartError) => void) | undefined
}

async function comeBack({ again, log }: Keeping, signal: AbortSignal): Promise<Client | null> {
  let problem = ''
  for (const pause of PAUSES_MS) {
    await setTimeout(pause, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return null
    try {
      return await again()
    } catch (error) {
      problem = (error as Error).message
      log.error({ problem }, 'the embedded PostgreSQL could not be started again')
    }
  }
  throw new StartError(`The embedded PostgreSQL ended and does not come back. ${problem}`)
}

/** Keeps the connection, and has the server back when it ends. Without `whenLost` nobody watches. */
export function keepPresence(first: Client, keeping: Keeping) {
  const { log, whenLost } = keeping
  const leaving = new AbortController()
  /** Null: there is none, and none will be. */
  let current: Promise<Client | null> = Promise.resolve(first)
  const watch = async (client: Client) => {
    await new Promise<void>((resolve) => client.once('end', resolve))
    if (leaving.signal.aborted || !whenLost) return
    log.error('the embedded PostgreSQL has ended or is recovering: waiting for it')
    current = comeBack(keeping, leaving.signal).catch((error) => {
      whenLost(error)
      return null
    })
    const next = await current
    if (!next) return
    log.warn('the embedded PostgreSQL serves again')
    void watch(next)
  }
  void watch(first)
  return {
    /** The connection, which from then on is the caller's. */
    leave(): Promise<Client | null> {
      leaving.abort()
      return current
    },
  }
}
