import { DatabaseError } from 'pg'
import { unavailable } from '../foundation/errors.ts'
import { Prisma } from '../generated/prisma/client.ts'

/**
 * The database did not answer, or cannot do what it is there for. Nothing is wrong with the request. It has no code: Prisma would take it
 * for an error of its own.
 */
export class DatabaseAway extends Error {
  override readonly name = 'DatabaseAway'

  constructor(cause: unknown) {
    super('The database is not available', { cause })
  }
}

/**
 * Connections that broke, resources that are used up (a full disk among them), statements that took too long, an operator who stops
 * the server, errors of its own disks, and a server that only reads.
 */
const OUTAGE = /^(08|53|57|58|25006)/

export const isOutage = (code: string | undefined): boolean => OUTAGE.test(code ?? '')

/** What a statement failed with: an outage as such, anything else as it is. */
export function explainFailure(error: unknown, isConnected: boolean): unknown {
  if (error instanceof DatabaseAway) return error
  const isAway = error instanceof DatabaseError ? isOutage(error.code) : !isConnected
  return isAway ? new DatabaseAway(error) : error
}

/** Prisma found no connection, or no time for a transaction. */
const OVERLOAD = new Set(['P2024', 'P2028'])

const RETRY_AFTER_SECONDS = 2

/** For every door: an outage becomes the failure that clients are told, anything else stays what it is. */
export function tellOutage(error: unknown): unknown {
  const isOverload = error instanceof Prisma.PrismaClientKnownRequestError && OVERLOAD.has(error.code)
  if (!isOverload && !(error instanceof DatabaseAway)) return error
  return unavailable('The database is not available at the moment: try again', RETRY_AFTER_SECONDS)
}
