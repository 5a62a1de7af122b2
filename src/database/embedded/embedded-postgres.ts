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
  /** The URL of the superuser, for administration and never for serving requests. */
  url: string
  /** The URL of the role that the server uses. The role owns the database and has no other rights. */
  everydayUrl: string
  /** Stops the server, unless another client is connected. So the last client to leave stops it. */
  stop(): Promise<void>
}

export type EmbeddedPostgresOptions = {
  dataDir: string
  log: Log
  settings?: PostgresSettings
  /** With this callback the server is watched, and restarted when it ends. The callback is called when the restart fails. */
  whenLost?: (reason: StartError) => void
}

/** Each process that uses the server holds the lock shared, and the process that stops it holds it exclusively. */
const PRESENCE_LOCK = 7_927_001
/** Recovery after a crash may take long on a slow disk. */
const START_TIMEOUT_MS = 120_000
/** A backend stays listed for some milliseconds after its client has closed the connection. */
const GOODBYE_MS = 500
const RETRY_MS = 20

/** Starts PostgreSQL in `<dataDir>/postgres`, or joins the server that already runs there. */
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

/** A restarted server must have the same port, because its clients know only the port. */
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
    // The lock is still held: a process that joins now waits for it, loses its connection and starts the server again.
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

// `sslmode=disable` overrides PGSSLMODE, because the server has no certificate.
const urlOf = ({ name, password }: Account, port: number, database: string) =>
  `postgresql://${name}:${password}@127.0.0.1:${port}/${database}?sslmode=disable`

/** This database always exists. A lock belongs to one database, so every process takes the lock here. */
const COMMON_DATABASE = 'postgres'

/** Prepares the server as the superuser. No other code uses the superuser. */
async function prepare(cluster: Cluster, port: number): Promise<void> {
  const superuser = superuserOf(cluster)
  const admin = clientOf(urlOf(superuser, port, COMMON_DATABASE), { applicationName: 'waybill preparation' })
  try {
    await admin.connect()
    // The lock keeps other processes from stopping the server meanwhile.
    await admin.query('SELECT /* presence.arrive */ pg_advisory_lock_shared($1)', [PRESENCE_LOCK])
    await ensureEverydayRole({ admin, password: superuser.password, url: urlOf(superuser, port, DATABASE) })
  } finally {
    await admin.end().catch(() => undefined)
  }
}

/** Opens the connection that keeps other processes from stopping the server; null when the server is stopping. */
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

/** Whether the server is starting, stopping or gone, and does not just refuse us. Class 57 is "operator intervention". */
function isGoing(error: unknown): boolean {
  return !(error instanceof DatabaseError) || error.code?.startsWith('57') === true
}

/**
 * Waits until our other connections are gone. When it returns true, this connection holds the lock. PostgreSQL hides the kind of
 * other roles' connections, so a connection with a user and a database counts as a client.
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
    // The other connection may be a process that joins and waits for this lock.
    await presence.query('SELECT /* presence.letIn */ pg_advisory_unlock($1)', [PRESENCE_LOCK])
    if (Date.now() > deadline) return false
    await setTimeout(RETRY_MS)
  }
}
