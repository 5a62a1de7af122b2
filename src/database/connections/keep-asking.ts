import type { Client } from 'pg'

const HEARTBEAT_MS = 3_000

/** A connection that only waits would not notice that it is cut: so it asks something now and then, and what is not answered cuts it. */
export function keepAsking(client: Client, question = 'SELECT /* connection.heartbeat */'): void {
  const timer = setInterval(() => client.query(question).catch(() => undefined), HEARTBEAT_MS)
  client.once('end', () => clearInterval(timer))
}
