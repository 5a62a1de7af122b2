import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { Client } from 'pg'
import { hearClock } from '../../foundation/database-clock.ts'
import { type DatabaseAddress, type DatabaseHost, parseDatabaseUrl } from './database-url.ts'
import { watchSilence } from './watch-silence.ts'
import { findWritableHost, forgetHost, rememberHost } from './writable-host.ts'

/** The time from the first packet to the answer to our first statement. */
const CONNECT_TIMEOUT_MS = 5_000
/** An idle connection probes the other end by TCP after this time. Linux gives up ten seconds later. */
const PROBE_AFTER_MS = 5_000
/** A connection waits this long for an answer before it asks whether an answer will come. */
const PATIENCE_MS = 3_000
/** The time for the last packets of a closing connection. */
const FAREWELL_MS = 1_000

export type DatabaseClientOptions = {
  connectionString: string
  /** The statements with which each session begins. */
  settings?: string
  /** By default each connection has a name of its own, by which another connection can ask about it. */
  applicationName?: string
  patienceMs?: number
  connectTimeoutMs?: number
  /** Asked when a statement has had no answer for `patienceMs`. Without it the connection then counts as cut. */
  isRunning?: (name: string) => Promise<boolean>
  assertReachable?: () => void
  onOutage?: (error: unknown) => void
  onCut?: (error: unknown) => void
}

const nameConnection = () => `waybill ${randomBytes(6).toString('hex')}`

/** Puts the name into the URL, because the driver prefers a name in the URL. */
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

/** Fields of the driver that its types do not declare. */
type Internals = { readyForQuery: boolean; connection: { stream: Socket } }

/**
 * A connection to the database that notices when it is cut. The driver alone would wait for ever, because a firewall may swallow
 * packets without an error, and TCP repeats an unacknowledged packet for a quarter of an hour.
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
    // A broken connection fails its present or next statement. Without a listener it would also end the process.
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

  /** Fails the statement that waits for an answer, and every later statement. */
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
      // A session of a standby is read-only, and the clock that counts is the primary's.
      if (!session.readOnly) hearClock(session.now)
      if (session.readOnly && this.#address.writable) throw new Error(`${this.host}:${this.port} takes no writes`)
    } catch (error) {
      forgetHost(connectionString)
      this.cut(error as Error)
      throw error
    }
  }

  /** Rejects when the connection closes while it is opened, because the driver's promise would never settle. */
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

  /** Closes the connection without waiting for a silent host. */
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
