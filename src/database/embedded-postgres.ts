import { setTimeout } from 'node:timers/promises'
import { Client, DatabaseError } from 'pg'
import type { Log } from '../log.ts'
import { CLUSTER_USER, type Cluster, openCluster } from './postgres-cluster.ts'
import { findPostmaster, type PostgresSettings, startPostmaster, stopPostmaster } from './postmaster.ts'
import { StartError } from './start-error.ts'

export type EmbeddedPostgres = {
  url: string
  /** Stops the server, unless somebody else is connected: whoever leaves last turns off the light. */
  stop(): Promise<void>
}

export type EmbeddedPostgresOptions = { dataDir: string; log: Log; settings?: PostgresSettings }

const DATABASE = 'waybill'
/** Held shared by each process that uses the server, exclusively by the one that stops it. */
const PRESENCE_LOCK = 7_927_001
/** Recovery after a crash may take its time on a slow disk. */
const START_TIMEOUT_MS = 120_000
/** A backend stays listed for some milliseconds after its client has closed the connection. */
const GOODBYE_MS = 500
const RETRY_MS = 20

/** Starts PostgreSQL in `<dataDir>/postgres`, or adopts the one that already runs there. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const cluster = await openCluster(options.dataDir)
  const deadline = Date.now() + START_TIMEOUT_MS
  while (Date.now() < deadline) {
    const running = await findPostmaster(cluster)
    if (!running) await startPostmaster(cluster, options.settings ?? {})
    const presence = running?.ready ? await join(cluster, running.port, options.log) : null
    if (running && presence) return embeddedPostgres(cluster, running.port, presence, options.log)
    if (running) await setTimeout(RETRY_MS)
  }
  throw new StartError(
    `The embedded PostgreSQL is not ready after ${START_TIMEOUT_MS / 1000} s: see ${cluster.logFile}`,
  )
}

function embeddedPostgres(cluster: Cluster, port: number, presence: Client, log: Log): EmbeddedPostgres {
  let stopped: Promise<void> | undefined
  const stop = async () => {
    const alone = await isAlone(presence).catch(() => false)
    // While the lock is held: a process that joins now waits for it, loses its connection and starts the server anew.
    try {
      if (alone) await stopPostmaster(cluster)
    } finally {
      await presence.end()
    }
    log.debug({ port }, alone ? 'embedded PostgreSQL stopped' : 'embedded PostgreSQL left running')
  }
  return {
    url: urlOf(cluster, port, DATABASE),
    stop() {
      stopped ??= stop()
      return stopped
    },
  }
}

// sslmode: the server has no certificate, whatever PGSSLMODE says.
const urlOf = (cluster: Cluster, port: number, database: string) =>
  `postgresql://${CLUSTER_USER}:${cluster.password}@127.0.0.1:${port}/${database}?sslmode=disable`

/** A connection kept for the life of this process, so that no other process stops the server; null: it is stopping. */
async function join(cluster: Cluster, port: number, log: Log): Promise<Client | null> {
  const client = new Client({
    connectionString: urlOf(cluster, port, 'postgres'),
    application_name: 'waybill presence',
  })
  client.on('error', (error) => log.debug({ error: error.message }, 'embedded PostgreSQL closed the connection'))
  try {
    await client.connect()
    await client.query('SELECT pg_advisory_lock_shared($1)', [PRESENCE_LOCK])
    await ensureDatabase(client)
    log.debug({ port }, 'embedded PostgreSQL ready')
    return client
  } catch (error) {
    await client.end().catch(() => undefined)
    if (isGoing(error)) return null
    throw new StartError(`Cannot connect to the embedded PostgreSQL on port ${port}: ${(error as Error).message}`)
  }
}

/** The server is starting, stopping or gone, as opposed to: it refuses us. Class 57 is "operator intervention". */
function isGoing(error: unknown): boolean {
  return !(error instanceof DatabaseError) || error.code?.startsWith('57') === true
}

async function ensureDatabase(client: Client): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE])
  if (rowCount) return
  await client.query(`CREATE DATABASE ${DATABASE}`).catch((error: DatabaseError) => {
    // duplicate_database, or its unique index when two processes create it at the same time
    if (error.code !== '42P04' && error.code !== '23505') throw error
  })
}

/** Waits for our own connections to vanish; true leaves this connection with the lock. */
async function isAlone(presence: Client): Promise<boolean> {
  await presence.query('SELECT pg_advisory_unlock_shared($1)', [PRESENCE_LOCK])
  const deadline = Date.now() + GOODBYE_MS
  for (;;) {
    const { rows } = await presence.query<{ locked: boolean; alone: boolean }>(
      `SELECT pg_try_advisory_lock($1) AS locked, NOT EXISTS (
         SELECT FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()) AS alone`,
      [PRESENCE_LOCK],
    )
    if (!rows[0]?.locked) return false
    if (rows[0].alone) return true
    // Perhaps a process that joins: it waits for this lock.
    await presence.query('SELECT pg_advisory_unlock($1)', [PRESENCE_LOCK])
    if (Date.now() > deadline) return false
    await setTimeout(RETRY_MS)
  }
}
