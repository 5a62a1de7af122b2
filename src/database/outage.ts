import { DatabaseError } from 'pg'
import { unavailable } from '../foundation/errors.ts'
import { Prisma } from '../generated/prisma/client.ts'

/**
 * The database did not answer, or cannot do its work. Nothing is wrong with the request. The error has no `code`, because Prisma
 * would take an error with a code for its own.
 */
export class DatabaseAway extends Error {
  override readonly name = 'DatabaseAway'

  constructor(cause: unknown) {
    super('The database is not available', { cause })
  }
}

/**
 * Broken connections, exhausted resources such as a full disk, statements that took too long, an operator who stops the server,
 * errors of the server's disks, and a read-only server.
 */
const OUTAGE = /^(08|53|57|58|25006)/

export const isOutage = (code: string | undefined): boolean => OUTAGE.test(code ?? '')

/** Turns the failure of a statement into DatabaseAway when it is an outage. Returns any other error unchanged. */
export function explainFailure(error: unknown, isConnected: boolean): unknown {
  if (error instanceof DatabaseAway) return error
  const isAway = error instanceof DatabaseError ? isOutage(error.code) : !isConnected
  return isAway ? new DatabaseAway(error) : error
}

/** Prisma's codes when it got no connection, or no time for a transaction. */
const OVERLOAD = new Set(['P2024', 'P2028'])

const RETRY_AFTER_SECONDS = 2

/** For every door: turns an outage into the failure that clients see. Returns any other error unchanged. */
export function outageFailure(error: unknown): unknown {
  const isOverload = error instanceof Prisma.PrismaClientKnownRequestError && OVERLOAD.has(error.code)
  if (!isOverload && !(error instanceof DatabaseAway)) return error
  return unavailable('The database is not available at the moment: try again', RETRY_AFTER_SECONDS)
}
