// COPY of PostgreSQL as streams. The driver speaks the protocol, and these two objects take the place of a statement in it.
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import type { Client, Connection, DatabaseError, Submittable } from 'pg'

/** The driver has these, and its types do not declare them. */
type CopyConnection = Connection & {
  stream: Socket
  sendCopyFromChunk: (chunk: Buffer) => void
  endCopyFrom: () => void
  sendCopyFail: (reason: string) => void
}

/** Rows come one by one. They are passed on in larger parts. */
const PART_BYTES = 64 * 1024

/** The answer to `COPY ... TO STDOUT`. The database waits while nobody reads. */
class CopyOut extends Readable implements Submittable {
  readonly #sql: string
  #connection: CopyConnection | undefined
  #held: Buffer[] = []
  #heldBytes = 0
  #silenceMs = 0

  constructor(sql: string) {
    super({ highWaterMark: PART_BYTES })
    this.#sql = sql
  }

  submit(connection: Connection): void {
    this.#connection = connection as CopyConnection
    connection.query(this.#sql)
  }

  override _read(): void {
    const { stream } = this.#connection ?? {}
    if (!stream?.isPaused()) return
    stream.setTimeout(this.#silenceMs)
    stream.resume()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    // Whoever stops reading gives up the connection, because the rest would have to be read before the next statement.
    if (!this.readableEnded) this.#connection?.stream.destroy()
    done(error)
  }

  #passOn(): void {
    const part = Buffer.concat(this.#held)
    this.#held = []
    this.#heldBytes = 0
    const { stream } = this.#connection ?? {}
    if (part.length === 0 || this.push(part) || !stream) return
    // Silence is ours now, and does not mean that the connection is cut.
    this.#silenceMs = stream.timeout ?? 0
    stream.setTimeout(0)
    stream.pause()
  }

  /** Copied, because the driver uses its buffer again. */
  handleCopyData({ chunk }: { chunk: Buffer }): void {
    this.#held.push(Buffer.from(chunk))
    this.#heldBytes += chunk.length
    if (this.#heldBytes >= PART_BYTES) this.#passOn()
  }

  handleCommandComplete(): void {
    this.#passOn()
  }

  handleReadyForQuery(): void {
    this.push(null)
  }

  handleError(error: Error): void {
    this.destroy(error)
  }
}

/** `COPY ... FROM STDIN`. */
class CopyIn implements Submittable {
  readonly #sql: string
  readonly #rows: Readable
  readonly #ended = new AbortController()
  #failure: unknown
  settle: (failure: unknown) => void = () => {}

  constructor(sql: string, rows: Readable) {
    this.#sql = sql
    this.#rows = rows
  }

  submit(connection: Connection): void {
    connection.query(this.#sql)
  }

  handleCopyInResponse(connection: CopyConnection): void {
    this.#send(connection).catch((error) => {
      // The database has refused the rows, or the connection is gone.
      if (this.#ended.signal.aborted) return
      this.#failure = error
      connection.sendCopyFail('The rows cannot be read')
    })
  }

  async #send(connection: CopyConnection): Promise<void> {
    const { signal } = this.#ended
    for await (const part of this.#rows) {
      signal.throwIfAborted()
      connection.sendCopyFromChunk(part)
      if (connection.stream.writableNeedDrain) await once(connection.stream, 'drain', { signal })
    }
    connection.endCopyFrom()
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.settle(null)
  }

  handleError(error: DatabaseError): void {
    this.settle(this.#failure ?? error)
    this.#ended.abort()
    this.#rows.destroy()
  }
}

/** The rows as PostgreSQL writes them. The whole must be read, or the connection is closed. */
export const copyOut = (client: Client, sql: string): Readable => client.query(new CopyOut(sql))

export function copyIn(client: Client, sql: string, rows: Readable): Promise<void> {
  const copy = new CopyIn(sql, rows)
  const done = new Promise<void>((resolve, reject) => {
    copy.settle = (failure) => (failure ? reject(failure) : resolve())
  })
  client.query(copy)
  return done
}
