import { Pool, type PoolConfig } from 'pg'
import { DatabaseClient, type DatabaseClientOptions } from './database-client.ts'

export type DatabasePoolOptions = DatabaseClientOptions & { max: number }

/** The longest wait for a connection while all are in use. */
const TURN_TIMEOUT_MS = 9_000
/** Connections are renewed, because some decisions, such as the host that accepts writes, are made when a connection opens. */
const LIFETIME_SECONDS = 10 * 60

type AnyClient = new (options: DatabaseClientOptions) => DatabaseClient

/** A pool of connections. When one connection turns out to be cut, the pool drops it and all idle connections. */
export class DatabasePool extends Pool {
  readonly #clients = new Set<DatabaseClient>()

  constructor({ max, ...options }: DatabasePoolOptions, Client: AnyClient = DatabaseClient) {
    const onCut = (error: unknown) => {
      this.cutIdle()
      options.onCut?.(error)
    }
    super({
      ...options,
      onCut,
      max,
      connectionTimeoutMillis: TURN_TIMEOUT_MS,
      maxLifetimeSeconds: LIFETIME_SECONDS,
      Client: Client as unknown as NonNullable<PoolConfig['Client']>,
    } as PoolConfig)
    // Without a listener, an idle connection that breaks would end the process.
    this.on('error', () => undefined)
    this.on('connect', (client) => this.#clients.add(client as unknown as DatabaseClient))
    this.on('remove', (client) => this.#clients.delete(client as unknown as DatabaseClient))
  }

  /** Cuts all idle connections, because what cut one has probably cut the others, and each would make a request wait. */
  cutIdle(): void {
    for (const client of this.#clients) if (!client.isBusy) client.cut(new Error('Another connection was cut'))
  }
}
