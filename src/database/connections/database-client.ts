import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { Client } from 'pg'
import { hearClock } from '../../foundation/database-clock.ts'
import { type DatabaseAddress, type DatabaseHost, parseDatabaseUrl } from './database-url.ts'
import { watchSilence } from './watch-silence.ts'
import { findWritableHost, forgetHost, rememberHost } from './writable-host.ts'

/** From the first packet to the answer to our first statement. */
const CONNECT_TIMEOUT_MS = 5_000
/** From then on an unused connection asks by TCP whether the other end is there; Linux gives up ten seconds later. */
const PROBE_AFTER_MS = 5_000
/** How long a connection waits for an answer before it asks whether there will be one. */
const PATIENCE_MS = 3_000
/** For the last packets of a connection that is closed. */
const FAREWELL_MS = 1_000

export type DatabaseClientOptions = {
  connectionString: string
  /** Statements that each session begins with. */
  settings?: string
  /** By default each connection has its own, so that others can be asked of it. */
  applicationName?: string
  patienceMs?: number
  connectTimeoutMs?: number
  /** Asked when a statement has had no answer for so long; without it, the connection counts as cut then. */
  isRunning?: (name: string) => Promise<boolean>
  /** Throws where it is known that no connection can be had now. */
  assertReachable?: () => void
  /** Told of what the database could not do that it is there for. */
  onOutage?: (error: unknown) => void
  /** The connection was found to be cut: nothing comes through it any more. */
  onCut?: (error: unknown) => void
}

const nameConnection = () => `waybill ${randomBytes(6).toString('hex')}`

/** Under its own name, whatever the URL says: the driver believes the URL first. */
function configOf(address: DatabaseAddress, name: string, connectTimeoutMs = CONNECT_TIMEOUT_MS) {
  const url = new URL(address.urlOf(address.hosts[0] as DatabaseHost))
  url.searchParams.set('application_name', name)
  return {
    connectionString: url.href,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: PROBE_AFTER_MS,
  }
}

const SESSION = `SELECT /* connection.begin */ extract(epoch FROM clock_timestamp())::float8 * 1000 AS now,
  current_setting('transaction_read_only')::bool AS "readOnly"`

type Session = { now: number; readOnly: boolean }

/** What the driver keeps of a connection, and does not declare. */
type Internals = {
  readyForQuery: boolean
  connection: { stream: Socket }
}

/**
 * A connection to the database that notices when it is cut. The driver would wait for ever: TCP sends what is not acknowledged again for
 * a quarter of an hour, and a packet that a firewall swallows comes back neither as an answer nor as an error.
 */
export class DatabaseClient extends Client {
  readonly applicationName: string
  readonly #options: DatabaseClientOptions
  readonly #address: DatabaseAddress

  constructor(options: DatabaseClientOptions) {
    const address = parseDatabaseUrl(options.connectionString)
    const name = options.applicationName ?? nameConnection()
    super(configOf(address, name, options.connectTimeoutMs))
    this.applicationName = name
    this.#options = options
    this.#address = address
    // A connection that breaks fails the statement on it, or the next one; without a listener it would end the process.
    this.on('error', () => undefined)
  }

  get #driver(): Internals {
    return this as unknown as Internals
  }

  /** Whether a statement waits for its answer. */
  get isBusy(): boolean {
    return !this.#driver.readyForQuery
  }

  get isCut(): boolean {
    return this.#driver.connection.stream.destroyed
  }

  /** Fails what waits for an answer, and whatever is asked of it later. */
  cut(error: Error): void {
    this.#driver.connection.stream.destroy(error)
  }

  override connect(): Promise<this>
  override connect(callback: (error: Error | null, client?: Client) => void): void
  override connect(callback?: (error: Error | null, client?: Client) => void): Promise<this> | undefined {
    const opened = this.#open()
    if (!callback) return opened.then(() => this)
    opened.then(
      () => callback(null, this),
      (error) => callback(error),
    )
    return undefined
  }

  async #open(): Promise<void> {
    this.#options.assertReachable?.()
    const { connectionString } = this.#options
    await this.#chooseHost()
    try {
      await Promise.race([super.connect(), this.#closed()])
      this.#watch()
      const session = await this.#begin()
      hearClock(session.now)
      if (session.readOnly && this.#address.writable) throw new Error(`${this.host}:${this.port} takes no writes`)
    } catch (error) {
      forgetHost(connectionString)
      this.cut(error as Error)
      throw error
    }
  }

  /** The driver leaves whoever connects without an answer when the connection is closed meanwhile. */
  #closed(): Promise<never> {
    const closed = new Promise<never>((_resolve, reject) => {
      this.once('end', () => reject(new Error('The connection was closed')))
    })
    closed.catch(() => undefined)
    return closed
  }

  async #begin(): Promise<Session> {
    const { settings } = this.#options
    if (settings) await this.query(settings)
    const { rows } = await this.query<Session>(SESSION)
    return rows[0] as Session
  }

  async #chooseHost(): Promise<void> {
    const { hosts, urlOf } = this.#address
    const { connectionString } = this.#options
    if (hosts.length === 1) return
    const { host, port } = await findWritableHost(connectionString, hosts, (candidate) =>
      assertWritable(urlOf(candidate)),
    )
    rememberHost(connectionString, { host, port })
    Object.assign(this, { host: host.replace(/^\[(.*)\]$/, '$1'), port })
  }

  #watch(): void {
    const { patienceMs = PATIENCE_MS, isRunning, onCut } = this.#options
    watchSilence({
      stream: this.#driver.connection.stream,
      isBusy: () => this.isBusy,
      patienceMs,
      isRunning: isRunning && (() => isRunning(this.applicationName)),
      onCut: (reason) => {
        this.cut(new Error('The database does not answer on this connection', { cause: reason }))
        onCut?.(reason)
      },
    })
  }

  /** Does not wait for a host that is silent. */
  override end(): Promise<void>
  override end(callback: (error: Error) => void): void
  override end(callback?: (error: Error) => void): Promise<void> | undefined {
    const timer = setTimeout(() => this.#driver.connection.stream.destroy(), FAREWELL_MS).unref()
    this.once('end', () => clearTimeout(timer))
    if (callback) return super.end(callback) as undefined
    return super.end()
  }
}

async function assertWritable(url: string): Promise<void> {
  const client = new DatabaseClient({ connectionString: writableOnly(url) })
  try {
    await client.connect()
  } finally {
    await client.end()
  }
}

function writableOnly(text: string): string {
  const url = new URL(text)
  url.searchParams.set('target_session_attrs', 'read-write')
  return url.href
}
