import { PrismaPg } from '@prisma/adapter-pg'
import type { Log } from '../foundation/log.ts'
import { PrismaClient } from '../generated/prisma/client.ts'
import { ServingPool } from './connections/serving-pool.ts'
import { createStatementNames } from './statement-names.ts'

/** The database of this process; set by `connectDatabase`, connects on the first statement. */
export let db: PrismaClient

/** The connections of `db`. */
export let pool: ServingPool

/** A client of the database, or the client inside one of its transactions. */
export type Tx = Omit<PrismaClient, '$connect' | '$disconnect' | '$on' | '$transaction' | '$extends' | 'db'>

/** A statement may take this long; the request that waits for it is told to try again. */
const STATEMENT_TIMEOUT_MS = 30_000

/** Of a busy machine: Prisma's own 2 s for a connection and 5 s for a transaction turn a crowd of writers into errors. */
const transactionOptions = { maxWait: 10_000, timeout: STATEMENT_TIMEOUT_MS }

export const settings: Readonly<Record<string, string>> = {
  statement_timeout: String(STATEMENT_TIMEOUT_MS),
  // A plan is made once per statement and connection, and not for each value: that takes up to half of what a statement costs,
  // and every statement here has one good plan (test/database/indexes).
  plan_cache_mode: 'force_generic_plan',
  // What is asked for most lies in memory, or on a disk that does not turn. By its default of 4 PostgreSQL reads a table of some
  // hundred accounts whole for each row of a page, rather than use the index.
  random_page_cost: '1.1',
}

/** Not among the options that a connection starts with: poolers refuse those. */
const setAll = Object.entries(settings)
  .map(([name, value]) => `SET ${name} = '${value}'`)
  .join('; ')

export type ConnectOptions = {
  url: string
  poolSize?: number
  log?: Log
  /** Whether each session is set up by us; else the role has the settings, as sessions are shared. */
  ownSessions?: boolean
  /** Called with the text of every SQL statement, and its parameters as JSON: tests count them. */
  onStatement?: (sql: string, parameters: string) => void
}

export function connectDatabase(options: ConnectOptions): PrismaClient {
  const { url, poolSize = 10, ownSessions = true, onStatement, log: logTo } = options
  pool = new ServingPool({
    ...{ connectionString: url, max: poolSize },
    ...(ownSessions ? { settings: setAll } : {}),
    ...(logTo ? { log: logTo } : {}),
  })
  const adapter = new PrismaPg(pool, { statementNameGenerator: createStatementNames(), disposeExternalPool: true })
  const log = onStatement ? [{ emit: 'event', level: 'query' } as const] : []
  const client = new PrismaClient({ adapter, transactionOptions, log })
  if (onStatement) client.$on('query', (event) => onStatement(event.query, event.params))
  db = client
  return client
}
