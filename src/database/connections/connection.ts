import { type Client, DatabaseError } from 'pg'
import { StartError } from '../../foundation/start-error.ts'
import { DatabaseClient } from './database-client.ts'
import { askByNewConnection } from './running-statements.ts'

/** Uses one connection outside the server's pool. A failure to connect becomes one line without the password. */
export async function withConnection<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = await connect(url)
  try {
    return await use(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** A connection outside the pool, not yet open. It notices when it is cut. */
export const clientOf = (url: string, options: { applicationName?: string } = {}): DatabaseClient =>
  new DatabaseClient({ connectionString: url, isRunning: askByNewConnection(url), ...options })

async function connect(url: string): Promise<Client> {
  const client = newClient(url)
  try {
    await client.connect()
    return client
  } catch (error) {
    await client.end().catch(() => undefined)
    throw new StartError(describe(client, error))
  }
}

function newClient(url: string): Client {
  try {
    return clientOf(url)
  } catch {
    throw new StartError(
      'DATABASE_URL is not the URL of a PostgreSQL database: postgresql://user:password@host:5432/name',
    )
  }
}

const REFUSED: Record<string, (client: Client) => string> = {
  '28P01': ({ user }) => `refuses the password of user "${user}"`,
  '28000': ({ user }) => `does not let user "${user}" in`,
  '3D000': ({ database }) => `has no database "${database}": create it`,
}

function describe(client: Client, error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException
  const server = `${client.host}:${client.port}`
  const refused = error instanceof DatabaseError ? REFUSED[code ?? ''] : undefined
  if (refused) return `The database server at ${server} ${refused(client)} (see DATABASE_URL)`
  // An AggregateError of several addresses has a code but no message.
  return `Cannot reach the database at ${server} (${message || code}): is it running, and is DATABASE_URL right?`
}
