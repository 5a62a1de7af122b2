// Searches in a list with an order. An index for searches gives all matches at once, which are too many for a common word. In the order of
// the list a common word fills a page soon, and a rare word does not.
import { Prisma } from '../generated/prisma/client.ts'

/** So many rows cost as much as a few thousand matches that are read by the index. */
const MAX_WALKED = 4000

/** A search in a table, written with its alias (`projects p`). */
export type Walked = {
  table: string
  /** Conditions that begin with `AND`: what the viewer may see. They come first, so that the time tells nothing of the rest. */
  visible: Prisma.Sql
  /** A condition that begins with `AND`. */
  search: Prisma.Sql
}

/** Where a page is in an order. */
type Place = { columns: Prisma.Sql; within?: Prisma.Sql; orderBy: Prisma.Sql; limit: number }

/** The rows of a page and one more, among the first rows of the order if these have as many, and else as `page` reads them. */
export function walkedFirst(walked: Walked, place: Place, page: Prisma.Sql): Prisma.Sql {
  const { columns, within = Prisma.empty, orderBy, limit } = place
  const from = Prisma.raw(walked.table)
  const alias = Prisma.raw(walked.table.slice(walked.table.indexOf(' ') + 1))
  // Only the innermost query sorts, because PostgreSQL would read all of it to sort it again. Filters keep the order.
  const rows = Prisma.sql`SELECT * FROM ${from} WHERE true ${within} ${orderBy} LIMIT ${Prisma.raw(String(MAX_WALKED))}`
  const seen = Prisma.sql`SELECT * FROM (${rows}) AS ${alias} WHERE true ${walked.visible} OFFSET 0`
  return Prisma.sql`
    WITH walked AS MATERIALIZED (
      SELECT ${columns} FROM (${seen}) AS ${alias} WHERE true ${walked.search} LIMIT ${limit}
    ), filled AS (SELECT count(*) >= ${limit} AS "is" FROM walked)
    SELECT * FROM walked WHERE (SELECT "is" FROM filled)
    UNION ALL SELECT * FROM (${page}) AS page WHERE NOT (SELECT "is" FROM filled)`
}
