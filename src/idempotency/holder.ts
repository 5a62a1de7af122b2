// Tells whether the process that holds an Idempotency-Key is still alive. Each process has a number, and locks it in the database
// on a connection of its own. When the process dies, its connection closes and the database drops the lock at once.
import { randomInt } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import type { Client } from 'pg'
import { DatabaseClient } from '../database/connections/database-client.ts'
import { keepAsking } from '../database/connections/keep-asking.ts'
import type { Log } from '../foundation/log.ts'
import { Prisma } from '../generated/prisma/client.ts'

/** Any number that no other lock uses. */
const LOCKS = 7_927_004
const RETRY_MS = 1000

/** The number of this process. No process has 0. */
export const holder = randomInt(1, 2 ** 31 - 1)

/** The condition that the process is alive. True when the process is not known. */
export const isAlive = (column: Prisma.Sql): Prisma.Sql => Prisma.sql`(${column} IS NULL OR EXISTS (
  SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.classid = ${LOCKS}::oid AND l.objid = ${column}::oid AND l.objsubid = 2
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())))`

type Parts = { url: string; log: Log }

/** Takes the lock. `ended` resolves when the connection is gone. */
async function hold(client: Client): Promise<{ ended: Promise<void> }> {
  const ended = new Promise<void>((resolve) => client.once('end', resolve))
  await client.connect()
  // Shared, because one process may serve the database more than once.
  await client.query('SELECT /* idempotency.hold */ pg_advisory_lock_shared($1, $2)', [LOCKS, holder])
  keepAsking(client)
  return { ended }
}

/** Shows other processes that this process is alive, until `close`. Replaces a connection that breaks. */
export async function showAlive({ url, log }: Parts): Promise<{ close: () => Promise<void> }> {
  const closing = new AbortController()
  const { signal } = closing
  let client: Client
  const open = () => {
    client = new DatabaseClient({ connectionString: url })
    return hold(client)
  }
  const goOn = async (first: { ended: Promise<void> }) => {
    let held: { ended: Promise<void> } | null = first
    while (!signal.aborted) {
      await held?.ended
      await setTimeout(RETRY_MS, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return
      held = await open().catch((error) => {
        log.debug({ err: error }, 'not known to be alive')
        return null
      })
    }
  }
  const running = goOn(await open())
  return {
    async close() {
      closing.abort()
      await client.end().catch(() => undefined)
      await running
    },
  }
}
