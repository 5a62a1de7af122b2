import { Prisma } from '../generated/prisma/client.ts'

/**
 * The rows of a table, written with its alias (`projects p`), for which conditions are true. Each condition begins with `AND` and has an
 * index. OFFSET makes PostgreSQL read these indexes and sort what it finds: it plans without values, and would take any search for
 * one that finds a row on every page.
 */
export const narrowed = (table: string, conditions: Prisma.Sql): Prisma.Sql => {
  const from = Prisma.raw(table)
  if (conditions.sql.trim() === '') return from
  const alias = Prisma.raw(table.slice(table.indexOf(' ') + 1))
  return Prisma.sql`(SELECT * FROM ${from} WHERE true ${conditions} OFFSET 0) AS ${alias}`
}
