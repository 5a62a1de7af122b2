import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from '../generated/prisma/client.ts'
import type { ServingPool } from './connections/serving-pool.ts'
import { createPreparedNames } from './prepared-names.ts'

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
export const setAll = Object.entries(settings)
  .map(([name, value]) => `SET ${name} = '${value}'`)
  .join('; ')

/** Called with the text of every SQL statement and its parameters as JSON. */
export type OnStatement = (sql: string, parameters: string) => void

/** A client that closes the pool when it is disconnected. */
export function openClient(pool: ServingPool, onStatement?: OnStatement): PrismaClient {
  const adapter = new PrismaPg(pool, { statementNameGenerator: createPreparedNames(), disposeExternalPool: true })
  const log = onStatement ? [{ emit: 'event', level: 'query' } as const] : []
  const client = new PrismaClient({ adapter, transactionOptions, log })
  if (onStatement) client.$on('query', (event) => onStatement(event.query, event.params))
  return client
}
