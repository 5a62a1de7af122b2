import { setTimeout } from 'node:timers/promises'
import { type Client, DatabaseError, type PoolClient } from 'pg'
import type { Log } from '../../foundation/log.ts'
import { inPresentSpan, startSpan } from '../../foundation/tracing.ts'
import { DatabaseAway, explainFailure, isOutage } from '../outage.ts'
import { DatabaseClient, type DatabaseClientOptions } from './database-client.ts'
import { DatabasePool } from './database-pool.ts'
import { askByNewConnection } from './running-statements.ts'
import { statementSpan } from './statement-span.ts'

const READ_ONLY = '25006'

/** Turns outages of the database into DatabaseAway and passes on all other errors. */
class ServingClient extends DatabaseClient {
  readonly #told: Pick<DatabaseClientOptions, 'onOutage' | 'onCut'>

  constructor(options: DatabaseClientOptions) {
    super(options)
    this.#told = options
  }

  #explain(error: unknown): unknown {
    // The connection is cut, so that a new one goes to the host that accepts writes.
    if (error instanceof DatabaseError && error.code === READ_ONLY) {
      this.cut(error)
      this.#told.onCut?.(error)
    }
    const failure = explainFailure(error, !this.isCut)
    if (failure instanceof DatabaseAway) this.#told.onOutage?.(failure)
    return failure
  }

  /** The pool passes an `error` event of a connection on to the user of the connection. */
  override emit(event: string | symbol, ...parts: unknown[]): boolean {
    return event === 'error' ? super.emit(event, explainFailure(parts[0], false)) : super.emit(event, ...parts)
  }

  // biome-ignore lint/suspicious/noExplicitAny: the driver declares a dozen overloads, and each call is passed on unchanged.
  override query(...call: any[]): any {
    const span = startSpan(() => statementSpan(call[0]))
    const callback = call.at(-1)
    if (typeof callback === 'function') {
      const explain = (error: unknown, result: unknown) => {
        span?.end(error ? { failure: error } : {})
        callback(error && this.#explain(error), result)
      }
      return super.query(...(call.with(-1, explain) as Parameters<Client['query']>))
    }
    const result: unknown = super.query(...(call as Parameters<Client['query']>))
    if (!(result instanceof Promise)) return result
    return result.then(
      (answer) => {
        span?.end()
        return answer
      },
      (error) => {
        span?.end({ failure: error })
        throw this.#explain(error)
      },
    )
  }
}

type ServingPoolOptions = Pick<DatabaseClientOptions, 'connectionString' | 'settings'> & {
  max: number
  log?: Log
  /** What the log calls the database. */
  what?: string
}

/** The pause between attempts to reach a database that is away, and the time for each attempt. */
const RETRY_MS = 500
const RETRY_PATIENCE_MS = 2_000
const NOTE_AGAIN_MS = 5_000

type Connected = (error: Error | undefined, client: PoolClient | undefined, done: (release?: unknown) => void) => void

/**
 * The pool that serves requests. While the database is away, the pool refuses requests at once, so that they need not wait. It
 * tries one connection after another meanwhile, and serves again when a connection succeeds.
 */
export class ServingPool extends DatabasePool {
  readonly #options: ServingPoolOptions
  #away: unknown = null
  #notedAt = Number.NEGATIVE_INFINITY

  constructor(options: ServingPoolOptions) {
    const { connectionString, settings, max } = options
    const isRunning = askByNewConnection(connectionString)
    const client = {
      ...{ connectionString, max, ...(settings === undefined ? {} : { settings }) },
      isRunning: (name: string) =>
        isRunning(name).catch((error) => {
          this.#refuseAll(error)
          throw error
        }),
      assertReachable: () => this.#assertReachable(),
      onOutage: (error: unknown) => this.#noteOutage(error),
    }
    super(client, ServingClient)
    this.#options = options
  }

  get #what(): string {
    return this.#options.what ?? 'the database'
  }

  /** Logs an outage once in a while, because every request would log the same. */
  #noteOutage(error: unknown): void {
    if (this.#away || performance.now() - this.#notedAt < NOTE_AGAIN_MS) return
    this.#notedAt = performance.now()
    this.#options.log?.error({ err: error }, `${this.#what} cannot do its work`)
  }

  #assertReachable(): void {
    if (this.#away) throw new DatabaseAway(this.#away)
  }

  /** When the server itself refuses one connection, for example because it has too many, the other connections still work. */
  #onFailure(error: unknown): DatabaseAway {
    if (error instanceof DatabaseAway) return error
    const isServers = error instanceof DatabaseError && !(isOutage(error.code) && error.code?.startsWith('57'))
    const isTurn = error instanceof Error && /timeout exceeded when trying to connect/.test(error.message)
    if (!isServers && !isTurn) this.#refuseAll(error)
    return new DatabaseAway(error)
  }

  #refuseAll(error: unknown): void {
    if (this.#away || this.ending) return
    this.#away = error
    this.#options.log?.error({ err: error }, `${this.#what} is away`)
    this.cutIdle()
    void this.#waitUntilReachable()
  }

  async #waitUntilReachable(): Promise<void> {
    while (!this.ending) {
      await setTimeout(RETRY_MS, undefined, { ref: false })
      if (!(await this.#isReachable())) continue
      this.#away = null
      this.#options.log?.info(`${this.#what} is back`)
      return
    }
  }

  async #isReachable(): Promise<boolean> {
    const { connectionString } = this.#options
    const patience = { patienceMs: RETRY_PATIENCE_MS, connectTimeoutMs: RETRY_PATIENCE_MS }
    const client = new DatabaseClient({ connectionString, ...patience })
    const isReachable = await client.connect().then(
      () => true,
      () => false,
    )
    void client.end()
    return isReachable
  }

  override connect(): Promise<PoolClient>
  override connect(callback: Connected): void
  override connect(callback?: Connected): Promise<PoolClient> | undefined {
    if (!callback) {
      return super.connect().catch((error) => {
        throw this.#onFailure(error)
      })
    }
    // Whoever gives back a connection calls the next one who waits.
    const connected = inPresentSpan(callback)
    super.connect((error, client, done) => connected(error && this.#onFailure(error), client, done))
    return undefined
  }
}
