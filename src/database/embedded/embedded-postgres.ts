import { setTimeout } from 'node:timers/promises'
import { type Client, DatabaseError } from 'pg'
import type { Log } from '../../foundation/log.ts'
import { StartError } from '../../foundation/start-error.ts'
import { clientOf } from '../connections/connection.ts'
import { DATABASE, EVERYDAY_ROLE, ensureEverydayRole, everydayPassword } from '../connections/everyday-role.ts'
import { CLUSTER_USER, type Cluster, openCluster } from './postgres-cluster.ts'
import { keepPresence } from './postgres-presence.ts'
import { findPostmaster, type PostgresSettings, startPostmaster, stopPostmaster } from './postmaster.ts'

export type EmbeddedPostgres = {
  /** As its superuser: for who administers it, never for what serves requests. */
  url: string
  /** As the role that owns the database and may do nothing beyond it: what the server uses. */
  everydayUrl: string
  /** Stops the server, unless somebody else is connected: whoever leaves last turns off the light. */
  stop(): Promise<void>
}

export type EmbeddedPostgresOptions = {
  dataDir: string
  log: Log
  settings?: PostgresSettings
  /** Has the server watched and started again when it ends by itself; called when that does not succeed. */
  whenLost?: (reason: StartError) => void
}

/** Held shared by each process that uses the server, exclusively by the one that stops it. */
const PRESENCE_LOCK = 7_927_001
/** Recovery after a crash may take its time on a slow disk. */
const START_TIMEOUT_MS = 120_000
/** A backend stays listed for some milliseconds after its client has closed the connection. */
const GOODBYE_MS = 500
const RETRY_MS = 20

/** Starts PostgreSQL in `<dataDir>/postgres`, or adopts the one that already runs there. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const cluster = await openCluster(options.dataDir, options.log)
  return embeddedPostgres(cluster, await arrive(cluster, options), options)
}

type Arrived = { port: number; presence: Client }

async function arrive(cluster: Cluster, { log, settings = {} }: EmbeddedPostgresOptions): Promise<Arrived> {
  const deadline = Date.now() + START_TIMEOUT_MS
  while (Date.now() < deadline) {
    const running = await findPostmaster(cluster)
    if (!running) await startPostmaster(cluster, settings)
    const presence = running?.ready ? await join(cluster, running.port, log) : null
    if (running && presence) return { port: running.port, presence }
    if (running) await setTimeout(RETRY_MS)
  }
  throw new StartError(
    `The embedded PostgreSQL is not ready after ${START_TIMEOUT_MS / 1000} s: see ${cluster.logFile}`,
  )
}

/** Those who use the server know its port, so it has to be the same. */
async function arriveAgain(cluster: Cluster, port: number, options: EmbeddedPostgresOptions): Promise<Client> {
  const arrived = await arrive(cluster, options)
  if (arrived.port === port) return arrived.presence
  await arrived.presence.end()
  throw new StartError(`The embedded PostgreSQL listens on port ${arrived.port} by now, and not on ${port}`)
}

function embeddedPostgres(cluster: Cluster, { port, presence }: Arrived, options: EmbeddedPostgresOptions) {
  const { log, whenLost } = options
  const kept = keepPresence(presence, { again: () => arriveAgain(cluster, port, options), log, whenLost })
  let stopped: Promise<void> | undefined
  const stop = async () => {
    const client = await kept.leave()
    const alone = client !== null && (await isAlone(client).catch(() => false))
    // While the lock is held: a process that joins now waits for it, loses its connection and starts the server anew.
    try {
      if (alone) await stopPostmaster(cluster)
    } finally {
      await client?.end()
    }
    log.debug({ port }, alone ? 'embedded PostgreSQL stopped' : 'embedded PostgreSQL left running')
  }
  return {
    url: urlOf(superuserOf(cluster), port, DATABASE),
    everydayUrl: urlOf(everydayUserOf(cluster), port, DATABASE),
    stop() {
      stopped ??= stop()
      return stopped
    },
  } satisfies EmbeddedPostgres
}

type Account = { name: string; password: string }

const superuserOf = ({ password }: Cluster): Account => ({ name: CLUSTER_USER, password })
const everydayUserOf = ({ password }: Cluster): Account => ({
  name: EVERYDAY_ROLE,
  password: everydayPassword(password),
})

// sslmode: the server has no certificate, whatever PGSSLMODE says.
const urlOf = ({ name, password }: Account, port: number, database: string) =>
  `postgresql://${name}:${password}@127.0.0.1:${port}/${database}?sslmode=disable`

/** Of all databases this one is always there. Locks are held in one database: everybody uses the same. */
const COMMON_DATABASE = 'postgres'

/** The superuser works here alone, and is gone when the server is used. */
async function prepare(cluster: Cluster, port: number): Promise<void> {
  const superuser = superuserOf(cluster)
  const admin = clientOf(urlOf(superuser, port, COMMON_DATABASE), { applicationName: 'waybill preparation' })
  try {
    await admin.connect()
    // Nobody stops the server meanwhile.
    await admin.query('SELECT /* presence.arrive */ pg_advisory_lock_shared($1)', [PRESENCE_LOCK])
    await ensureEverydayRole({ admin, password: superuser.password, url: urlOf(superuser, port, DATABASE) })
  } finally {
    await admin.end().catch(() => undefined)
  }
}

/** A connection kept for the life of this process, so that no other process stops the server; null: it is stopping. */
async function join(cluster: Cluster, port: number, log: Log): Promise<Client | null> {
  const client = clientOf(urlOf(everydayUserOf(cluster), port, COMMON_DATABASE), {
    applicationName: 'waybill presence',
  })
  client.on('error', (error) => log.debug({ error: error.message }, 'embedded PostgreSQL closed the connection'))
  try {
    await prepare(cluster, port)
    await client.connect()
    await client.query('SELECT /* presence.arrive */ pg_advisory_lock_shared($1)', [PRESENCE_LOCK])
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

/**
 * Waits for our own connections to vanish; true leaves this connection with the lock. Of the connections of other roles not
 * even the kind is told: those with an account and a database are clients.
 */
async function isAlone(presence: Client): Promise<boolean> {
  await presence.query('SELECT /* presence.leave */ pg_advisory_unlock_shared($1)', [PRESENCE_LOCK])
  const deadline = Date.now() + GOODBYE_MS
  for (;;) {
    const { rows } = await presence.query<{ locked: boolean; alone: boolean }>(
      `SELECT /* presence.isAlone */ pg_try_advisory_lock($1) AS locked, NOT EXISTS (
         SELECT FROM pg_stat_activity
         WHERE usesysid IS NOT NULL AND datid IS NOT NULL AND pid <> pg_backend_pid()) AS alone`,
      [PRESENCE_LOCK],
    )
    if (!rows[0]?.locked) return false
    if (rows[0].alone) return true
    // Perhaps a process that joins: it waits for this lock.
    await presence.query('SELECT /* presence.letIn */ pg_advisory_unlock($1)', [PRESENCE_LOCK])
    if (Date.now() > deadline) return false
    await setTimeout(RETRY_MS)
  }
}
