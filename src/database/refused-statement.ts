import { z } from 'zod'
import { Prisma } from '../generated/prisma/client.ts'

/** Where Prisma keeps the code that PostgreSQL gave a statement made by hand. */
const Meta = z.object({ driverAdapterError: z.object({ cause: z.object({ originalCode: z.string() }) }) })

/** Wrong values, violated constraints, transactions ended in favour of others, limits, and what triggers raise. */
const REFUSED = /^(22|23|40001|40P01|44|53|54|P0|XX)/

/** Whether the database refused a statement for what it would write, and so wrote nothing. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false
  const meta = Meta.safeParse(error.meta)
  return meta.success && REFUSED.test(meta.data.driverAdapterError.cause.originalCode)
}
