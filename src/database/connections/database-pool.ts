import { Pool, type PoolConfig } from 'pg'
import { DatabaseClient, type DatabaseClientOptions } from './database-client.ts'

export type DatabasePoolOptions = DatabaseClientOptions & { max: number }

/** How long somebody waits for a connection while others have them all. */
const TURN_TIMEOUT_MS = 9_000
/** So that what is decided when a connection is made, such as which host takes writes, is decided anew now and then. */
const LIFETIME_SECONDS = 10 * 60

type AnyClient = new (options: DatabaseClientOptions) => DatabaseClient

/** Connections that are used again, but not one that was cut, nor those that were silent at the same time. */
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
    // Without a listener a connection that breaks while nobody uses it would end the process.
    this.on('error', () => undefined)
    this.on('connect', (client) => this.#clients.add(client as unknown as DatabaseClient))
    this.on('remove', (client) => this.#clients.delete(client as unknown as DatabaseClient))
  }

  /** What one connection has not survived has hardly spared the others; each would keep somebody waiting to find that out. */
  cutIdle(): void {
    for (const client of this.#clients) if (!client.isBusy) client.cut(new Error('Another connection was cut'))
  }
}
