import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import type { Client } from 'pg'
import { DatabaseClient } from '../../database/connections/database-client.ts'
import { sendHeartbeats } from '../../database/connections/heartbeats.ts'
import { DatabaseAway } from '../../database/outage.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import type { Log } from '../../foundation/log.ts'

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 2_000

export type ListenOptions = {
  url: string
  channel: string
  hear: (payload: string) => void
  /** Called when a connection that was lost at that time is back. The messages in between are lost. */
  resume: (lostAt: Date) => Promise<void>
  log: Log
}

export type Listening = { close: () => Promise<void> }

type Connection = { client: Client; lost: Promise<unknown> }

async function open({ url, channel, hear, resume }: ListenOptions, lostAt: Date | null): Promise<Connection> {
  const client = new DatabaseClient({ connectionString: url })
  client.on('notification', ({ payload }) => hear(payload ?? ''))
  try {
    await client.connect()
    // Resolves when the connection breaks, whichever event says so.
    const lost = once(client, 'end').catch(() => undefined)
    // LISTEN may be repeated, so the heartbeats send it too. Whoever looks for listeners in the database finds them by this text.
    const statement = `LISTEN ${channel}`
    await client.query(statement)
    if (lostAt) await resume(lostAt)
    sendHeartbeats(client, statement)
    return { client, lost }
  } catch (error) {
    await client.end().catch(() => undefined)
    throw new DatabaseAway(error)
  }
}

/** Tries until the connection is open again. Null when the signal aborts first. */
async function reopen(options: ListenOptions, signal: AbortSignal): Promise<Connection | null> {
  const lostAt = databaseNow()
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    await setTimeout(pause, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return null
    try {
      return await open(options, lostAt)
    } catch (error) {
      options.log.warn({ err: error }, 'cannot listen to the database')
    }
  }
}

/** Hears the messages of a channel through a connection of its own. It opens a lost connection again, after growing pauses. */
export async function listen(options: ListenOptions): Promise<Listening> {
  const closing = new AbortController()
  const { signal } = closing
  const aborted = once(signal, 'abort')
  const first = await open(options, null)
  const keepOpen = async () => {
    for (let connection: Connection | null = first; connection; connection = await reopen(options, signal)) {
      await Promise.race([connection.lost, aborted])
      await connection.client.end()
    }
  }
  const kept = keepOpen()
  return {
    close: () => {
      closing.abort()
      return kept
    },
  }
}
