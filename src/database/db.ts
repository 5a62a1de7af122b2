import type { Log } from '../foundation/log.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { ServingPool } from './connections/serving-pool.ts'
import { type OnStatement, openClient, setAll } from './open-client.ts'
import { createReplicas, type Replica, type Replicas, type ReplicasOptions } from './replicas/replicas.ts'

/** The database of this process. `connectDatabase` sets it, and the first statement connects. */
export let db: PrismaClient

export let pool: ServingPool

/** The replicas of the database. Null when there are none. */
export let replicas: Replicas | null = null

/** The client of the database, or the client inside a transaction. */
export type Tx = Omit<PrismaClient, '$connect' | '$disconnect' | '$on' | '$transaction' | '$extends' | 'db'>

export type ConnectOptions = {
  url: string
  poolSize?: number
  log?: Log
  /** Whether we set up each session. Otherwise sessions are shared and the role has the settings. */
  ownSessions?: boolean
  /** Called with the text of every SQL statement and its parameters as JSON. Tests count the statements. */
  onStatement?: OnStatement
}

export function connectDatabase(options: ConnectOptions): PrismaClient {
  const { url, poolSize = 10, ownSessions = true, onStatement, log } = options
  pool = new ServingPool({
    ...{ connectionString: url, max: poolSize },
    ...(ownSessions ? { settings: setAll } : {}),
    ...(log ? { log } : {}),
  })
  db = openClient(pool, onStatement)
  return db
}

/** Begins to use the replicas. The result ends it. */
export function connectReplicas(options: Omit<ReplicasOptions, 'primary'>): () => Promise<void> {
  const made = createReplicas({ ...options, primary: () => db })
  replicas = made
  return async () => {
    if (replicas === made) replicas = null
    await made.close()
  }
}

/**
 * Reads from the replica, or from the primary where there is no replica or where the replica fails: a read may be repeated. A statement that
 * took too long is not repeated, because it would take as long again.
 */
export async function readFrom<T>(replica: Replica | null, read: (client: PrismaClient) => Promise<T>): Promise<T> {
  if (!replica) return read(db)
  try {
    return await read(replica.client)
  } catch (error) {
    if (!replica.mayRepeat(error)) throw error
    return read(db)
  }
}
