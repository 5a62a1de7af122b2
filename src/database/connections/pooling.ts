// A pooler such as pgbouncer gives a client a session of the database for the whole connection, or only for each transaction. In
// the second case a session's settings, advisory locks, LISTEN and prepared statements are lost or pass to another client.
import { type Client, DatabaseError } from 'pg'
import { StartError } from '../../foundation/start-error.ts'
import { withConnection } from './connection.ts'

/** Whether each client has its own session. A pooler that shares sessions may still support prepared statements. */
type Sessions = 'own' | 'shared' | 'shared, without prepared statements'

const ROUNDS = 5
/** Each client prepares this statement under the same name, which works only when each client has its own names. */
const WHICH = { name: 'waybill_session', text: 'SELECT /* pooling.session */ pg_backend_pid() AS pid' }

async function sessionOf(client: Client): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>(WHICH)
  return rows[0]?.pid
}

/** Whether two connected clients get the same session. */
async function isShared(first: Client, second: Client): Promise<boolean> {
  const session = await sessionOf(first)
  await second.query('BEGIN')
  if ((await sessionOf(second)) === session) return true
  // The first client may have got another session because the second client's transaction held its session.
  const changes = (await sessionOf(first)) !== session
  await second.query('COMMIT')
  return changes
}

async function compare(first: Client, second: Client): Promise<Sessions> {
  try {
    for (let round = 0; round < ROUNDS; round++) if (await isShared(first, second)) return 'shared'
    return 'own'
  } catch (error) {
    if (error instanceof DatabaseError) return 'shared, without prepared statements'
    throw error
  }
}

const findSessions = (url: string): Promise<Sessions> =>
  withConnection(url, async (first) => {
    // The database server tells a client its process number. A pooler makes up a number.
    const { rows } = await first.query<{ pid: number }>('SELECT /* pooling.session */ pg_backend_pid() AS pid')
    if (rows[0]?.pid === (first as Client & { processID?: number }).processID) return 'own'
    return withConnection(url, (second) => compare(first, second))
  })

const NEEDS_STATEMENTS =
  'DATABASE_URL leads to a pooler that shares sessions and does not keep the prepared statements of its clients. ' +
  'Use pool_mode=session, or pgbouncer 1.21 or newer with max_prepared_statements above 0'
const NEEDS_DIRECT =
  'DATABASE_URL leads to a pooler that shares sessions. Set DATABASE_DIRECT_URL to the database itself, or to a pool with ' +
  'pool_mode=session, for what needs a session of its own: migrations, jobs and subscriptions'
const DIRECT_IS_SHARED =
  'DATABASE_DIRECT_URL leads to a pooler that shares sessions: it must lead to the database itself'

/** Throws when the URLs give no own session to the parts that need one. */
export async function assertSessions(url: string, directUrl: string | null): Promise<Sessions> {
  if (directUrl !== null && (await findSessions(directUrl)) !== 'own') throw new StartError(DIRECT_IS_SHARED)
  const sessions = await findSessions(url)
  if (sessions === 'shared, without prepared statements') throw new StartError(NEEDS_STATEMENTS)
  if (sessions === 'shared' && directUrl === null) throw new StartError(NEEDS_DIRECT)
  return sessions
}

/** Stores the settings in the role, because we cannot set up shared sessions. A role may change its own settings. */
export async function giveRole(url: string, settings: Readonly<Record<string, string>>): Promise<void> {
  await withConnection(url, async (client) => {
    const database = client.escapeIdentifier(client.database ?? '')
    for (const [name, value] of Object.entries(settings)) {
      const { rows } = await client.query<{ isSet: boolean }>(
        `SELECT /* pooling.isSet */ EXISTS (SELECT FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
           WHERE d.datname = current_database() AND s.setrole = current_user::regrole AND $1 = ANY (s.setconfig)) AS "isSet"`,
        [`${name}=${value}`],
      )
      if (!rows[0]?.isSet) {
        await client.query(
          `ALTER ROLE CURRENT_USER IN DATABASE ${database} SET ${name} = ${client.escapeLiteral(value)}`,
        )
      }
    }
  })
}
