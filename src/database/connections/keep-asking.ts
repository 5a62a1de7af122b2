import type { Client } from 'pg'

const HEARTBEAT_MS = 3_000

/** Sends a statement regularly on a connection that only listens, because it would not notice otherwise that it is cut. */
export function keepAsking(client: Client, question = 'SELECT /* connection.heartbeat */'): void {
  const timer = setInterval(() => client.query(question).catch(() => undefined), HEARTBEAT_MS)
  client.once('end', () => clearInterval(timer))
}
