import DataLoader from 'dataloader'
import { DatabaseClient } from './database-client.ts'

/** Finds statements that run, or that ended so recently that the answer may be on its way. ClientWrite waits for us to read. */
const RUNNING = `
  SELECT /* connection.findRunning */ name FROM unnest($1::text[]) AS name WHERE EXISTS (
    SELECT FROM pg_stat_activity WHERE starts_with(application_name, name)
      AND ((state = 'active' AND wait_event IS DISTINCT FROM 'ClientWrite') OR state_change > clock_timestamp() - interval '2 seconds'))`

const PATIENCE_MS = 2_000

async function findRunning(connectionString: string, names: readonly string[]): Promise<Set<string>> {
  const patience = { patienceMs: PATIENCE_MS, connectTimeoutMs: PATIENCE_MS }
  const client = new DatabaseClient({ connectionString, applicationName: 'waybill look', ...patience })
  try {
    await client.connect()
    const { rows } = await client.query<{ name: string }>(RUNNING, [names])
    return new Set(rows.map(({ name }) => name))
  } finally {
    await client.end()
  }
}

/** Whether the database runs a statement of the named connection. Rejects when the database does not answer. */
export type IsRunning = (name: string) => Promise<boolean>

/** Asks over a new connection, because an old one may be cut, too. One connection serves all questions at the same time. */
export function askByNewConnection(connectionString: string): IsRunning {
  const loader = new DataLoader<string, boolean>(
    async (names) => {
      const running = await findRunning(connectionString, names)
      return names.map((name) => running.has(name))
    },
    { cache: false },
  )
  return (name) => loader.load(name)
}
