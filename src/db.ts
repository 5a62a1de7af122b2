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

export type ConnectOptions = {
  url: string
  poolSize?: number
  /** Called with the text of every SQL statement: tests count them. */
  onStatement?: (sql: string) => void
}

export function connectDatabase({ url, poolSize = 10, onStatement }: ConnectOptions): PrismaClient {
  const pool = {
    connectionString: url,
    max: poolSize,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    options: PLAN_ONCE,
  }
  const adapter = new PrismaPg(pool, { statementNameGenerator: createStatementNames() })
  const log = onStatement ? [{ emit: 'event', level: 'query' } as const] : []
  const client = new PrismaClient({ adapter, transactionOptions, log })
  if (onStatement) client.$on('query', (event) => onStatement(event.query))
  db = client
  return client
}
