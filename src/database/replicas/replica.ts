import { DatabaseError } from 'pg'
import type { Log } from '../../foundation/log.ts'
import type { PrismaClient } from '../../generated/prisma/client.ts'
import { ServingPool } from '../connections/serving-pool.ts'
import { type OnStatement, openClient, setAll } from '../open-client.ts'
import { DatabaseAway } from '../outage.ts'
import { Lag } from './lag.ts'
import { readVersions, type Versions } from './versions.ts'

const POOL_SIZE = 10

/** The code of a statement that was cancelled, because it took too long. A conflict with the recovery has another code. */
const CANCELLED = '57014'

/** Where the primary writes. `cluster` tells whether a server has the same database. */
export type Place = { cluster: string; position: number }

const CLUSTER = `(SELECT system_identifier FROM pg_control_system())::text || '/' || (SELECT oid FROM pg_database WHERE datname = current_database()) AS cluster`
const WRITTEN = `SELECT /* replicas.written */ ${CLUSTER}, pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 AS position`
const REPLAYED = `SELECT /* replicas.replayed */ ${CLUSTER}, pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::float8 AS position, pg_is_in_recovery() AS "follows"`

/** How far the primary has written its log. */
export async function writtenPlace(primary: PrismaClient): Promise<Place> {
  const [place] = await primary.$queryRawUnsafe<[Place]>(WRITTEN)
  return place
}

export type ReplicaOptions = {
  url: string
  name: string
  maxLagMs: number
  log?: Log
  onStatement?: OnStatement
  /** Called when a read failed on the replica and is repeated on the primary. */
  onRepeat?: () => void
}

/** A standby that follows the primary by streaming. Its pool refuses it while it is away, and tries it again by itself. */
export class Replica {
  readonly name: string
  readonly client: PrismaClient
  readonly #options: ReplicaOptions
  readonly lag = new Lag()
  /** Why no request reads from the replica; null when requests do. */
  #problem: string | null = 'it was not looked at yet'

  constructor(options: ReplicaOptions) {
    const { url, name, log, onStatement } = options
    this.name = name
    this.#options = options
    const pool = new ServingPool({
      ...{ connectionString: url, max: POOL_SIZE, settings: setAll, what: 'a replica' },
      ...(log ? { log: log.child({ replica: name }) } : {}),
    })
    this.client = openClient(pool, onStatement)
  }

  get isUsable(): boolean {
    return this.#problem === null
  }

  /** Whether the replica has at least these versions. */
  async has(versions: Versions): Promise<boolean> {
    const own = await readVersions(this.client, [...versions.keys()])
    return [...versions].every(([scope, version]) => (own.get(scope) ?? 0) >= version)
  }

  /** Finds out whether the replica follows, and how far behind it is. */
  async look(written: Place, at: number): Promise<void> {
    const problem = await this.#problemNow(written, at).catch(() => 'it cannot be reached')
    if (problem !== this.#problem) this.#tell(problem)
    this.#problem = problem
  }

  #tell(problem: string | null): void {
    const log = this.#options.log?.child({ replica: this.name })
    if (problem === null) log?.info('a replica is used')
    else log?.warn({ reason: problem }, 'a replica is left out')
  }

  async #problemNow(written: Place, at: number): Promise<string | null> {
    this.lag.note(written.position, at)
    const [{ cluster, position, follows }] = await this.client.$queryRawUnsafe<[Place & { follows: boolean }]>(REPLAYED)
    if (!follows) return 'it follows no primary'
    if (cluster !== written.cluster) return 'it has another database'
    this.lag.noteReplayed(position)
    return this.lag.milliseconds() <= this.#options.maxLagMs ? null : 'it is too far behind'
  }

  /** Whether a read that failed here is worth repeating on the primary. */
  mayRepeat(error: unknown): boolean {
    const cause = error instanceof DatabaseAway ? error.cause : error
    if (cause instanceof DatabaseError && cause.code === CANCELLED) return false
    this.#options.onRepeat?.()
    return true
  }
}
