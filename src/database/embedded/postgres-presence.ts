// The embedded PostgreSQL is a process of its own, which a person may kill, or the system when memory runs out. Each process that
// uses it keeps a connection. When the connection ends, the server has ended, or closes all connections after a crash inside it.
import { setTimeout } from 'node:timers/promises'
import type { Client } from 'pg'
import type { Log } from '../../foundation/log.ts'
import { StartError } from '../../foundation/start-error.ts'

/** The pauses before the attempts to restart the server. Each attempt waits as long as recovery may take. */
const PAUSES_MS = [100, 500, 2_000, 5_000, 10_000]

type Keeping = {
  /** Waits for the server, and starts it when it does not run. */
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

/** Keeps the connection, and restarts the server when the connection ends. Watches only with `whenLost`. */
export function keepPresence(first: Client, keeping: Keeping) {
  const { log, whenLost } = keeping
  const leaving = new AbortController()
  /** Null: the server could not be restarted, or this process has left. */
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
    /** Hands the connection over to the caller. */
    leave(): Promise<Client | null> {
      leaving.abort()
      return current
    },
  }
}
