import { z } from 'zod'
import { Prisma } from '../generated/prisma/client.ts'

/** Prisma's error of a raw statement stores PostgreSQL's code here. */
const Meta = z.object({ driverAdapterError: z.object({ cause: z.object({ originalCode: z.string() }) }) })

/** Wrong values, violated constraints, transactions that lost against others, limits, and exceptions of triggers. */
const REFUSED = /^(22|23|40001|40P01|44|53|54|P0|XX)/

/** Whether the database refused the statement because of what it writes. Nothing was written then. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false
  const meta = Meta.safeParse(error.meta)
  return meta.success && REFUSED.test(meta.data.driverAdapterError.cause.originalCode)
}
