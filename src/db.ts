import { PrismaPg } from '@prisma/adapter-pg'
import { createStatementNames } from './database/statement-names.ts'
import { PrismaClient } from './generated/prisma/client.ts'

/** The database of this process; set by `connectDatabase`, connects on the first statement. */
export let db: PrismaClient

/** A client of the database, or the client inside one of its transactions. */
export type Tx = Omit<PrismaClient, '$connect' | '$disconnect' | '$on' | '$transaction' | '$extends' | 'db'>

/** A statement may take this long; the request that waits for it is answered with a masked error. */
const STATEMENT_TIMEOUT_MS = 30_000
const CONNECT_TIMEOUT_MS = 10_000

/** Of a busy machine: Prisma's own 2 s for a connection and 5 s for a transaction turn a crowd of writers into errors. */
const transactionOptions = { maxWait: CONNECT_TIMEOUT_MS, timeout: STATEMENT_TIMEOUT_MS }

/**
 * A plan is made once per statement and connection, and not for each value: that takes up to half of what a statement costs,
 * and every statement here has one good plan (test/database/indexes).
 */
const PLAN_ONCE = '-c plan_cache_mode=force_generic_plan'

/**
 * What is asked for most lies in memory, or on a disk that does not turn. By its default of 4 PostgreSQL reads a table of some
 * hundred accounts whole for each row of a page, rather than use the index.
 */
const NEAR_PAGES = '-c random_page_cost=1.1'

export type ConnectOptions = {
  url: string
  poolSize?: number
  /** Called with the text of every SQL statement, and its parameters as JSON: tests count them. */
  onStatement?: (sql: string, parameters: string) => void
}

export function connectDatabase({ url, poolSize = 10, onStatement }: ConnectOptions): PrismaClient {
  const pool = {
    connectionString: url,
    max: poolSize,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    options: `${PLAN_ONCE} ${NEAR_PAGES}`,
  }
  const adapter = new PrismaPg(pool, { statementNameGenerator: createStatementNames() })
  const log = onStatement ? [{ emit: 'event', level: 'query' } as const] : []
  const client = new PrismaClient({ adapter, transactionOptions, log })
  if (onStatement) client.$on('query', (event) => onStatement(event.query, event.params))
  db = client
  return client
}
