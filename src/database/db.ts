import { PrismaPg } from '@prisma/adapter-pg'
import type { Log } from '../foundation/log.ts'
import { PrismaClient } from '../generated/prisma/client.ts'
import { ServingPool } from './connections/serving-pool.ts'
import { createPreparedNames } from './prepared-names.ts'

/** The database of this process. `connectDatabase` sets it, and the first statement connects. */
export let db: PrismaClient

export let pool: ServingPool

/** The client of the database, or the client inside a transaction. */
export type Tx = Omit<PrismaClient, '$connect' | '$disconnect' | '$on' | '$transaction' | '$extends' | 'db'>

/** The longest run of a statement. The database ends a longer one, and its request is told to try again. */
const STATEMENT_TIMEOUT_MS = 30_000

/** Longer than Prisma's 2 s for a connection and 5 s for a transaction, which fail when many requests write at once. */
const transactionOptions = { maxWait: 10_000, timeout: STATEMENT_TIMEOUT_MS }

export const settings: Readonly<Record<string, string>> = {
  statement_timeout: String(STATEMENT_TIMEOUT_MS),
  // PostgreSQL plans each statement once on a connection, and not for each value, because planning takes up to half of a
  // statement's time and every statement here has one good plan (test/database/indexes).
  plan_cache_mode: 'force_generic_plan',
  // Most data is in memory or on a solid-state disk. With the default of 4 PostgreSQL would read a table of some hundred accounts
  // whole for each row of a page, and not use the index.
  random_page_cost: '1.1',
}

/** Sent as a statement, because poolers refuse the startup options of a connection. */
const setAll = Object.entries(settings)
  .map(([name, value]) => `SET ${name} = '${value}'`)
  .join('; ')

export type ConnectOptions = {
  url: string
  poolSize?: number
  log?: Log
  /** Whether we set up each session. Otherwise sessions are shared and the role has the settings. */
  ownSessions?: boolean
  /** Called with the text of every SQL statement and its parameters as JSON. Tests count the statements. */
  onStatement?: (sql: string, parameters: string) => void
}

export function connectDatabase(options: ConnectOptions): PrismaClient {
  const { url, poolSize = 10, ownSessions = true, onStatement, log: logTo } = options
  pool = new ServingPool({
    ...{ connectionString: url, max: poolSize },
    ...(ownSessions ? { settings: setAll } : {}),
    ...(logTo ? { log: logTo } : {}),
  })
  const adapter = new PrismaPg(pool, { statementNameGenerator: createPreparedNames(), disposeExternalPool: true })
  const log = onStatement ? [{ emit: 'event', level: 'query' } as const] : []
  const client = new PrismaClient({ adapter, transactionOptions, log })
  if (onStatement) client.$on('query', (event) => onStatement(event.query, event.params))
  db = client
  return client
}
