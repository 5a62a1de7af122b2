// What a query asks of the children of a row is read in the statement that reads the row: a field declares how, and the
// look-ahead finds the fields in the query. A field of which nothing was read ahead loads for itself, so that it is right
// wherever its row came from.
import { Prisma } from '../generated/prisma/client.ts'

export type Prefetch = {
  /** Tells what was read, and with which arguments. */
  key: string
  /** One JSON value for each row of the parent. */
  sql: Prisma.Sql
}

/** What was read along with a row, by key. */
export type Prefetched = { prefetched?: Readonly<Record<string, unknown>> }

/** What the fields below a field want read ahead; `carriers` are the types that stand for its rows, or hold them. */
export type LookAhead = (carriers: ReadonlySet<string>) => Prefetch[]

/** Goes into `extensions` of a field. */
export type PrefetchExtension<Args = Record<string, unknown>> = {
  prefetch: (args: Args, below: LookAhead) => Prefetch
}

/** Rows that were read with the same key have the same values. */
export const prefetchKey = (prefetch: readonly Prefetch[]): string => prefetch.map(({ key }) => key).join()

/** `when`: of the rows for which it does not hold nothing is read ahead, and their fields load for themselves. */
export const prefetchColumns = (prefetch: readonly Prefetch[], when: Prisma.Sql = Prisma.sql`true`): Prisma.Sql =>
  prefetch.length === 0
    ? Prisma.empty
    : Prisma.sql`,
        CASE WHEN ${when} THEN json_build_array(${Prisma.join(prefetch.map(({ sql }) => sql))}) END AS prefetched`

/** Gives the values that `prefetchColumns` read their keys, in place; a row that has them already stays as it is. */
export function nameValues(prefetch: readonly Prefetch[]): (row: object) => void {
  const keys = prefetch.map(({ key }) => key)
  return (row) => {
    const holder = row as { prefetched?: unknown }
    const values = holder.prefetched
    if (!Array.isArray(values)) return
    const named: Record<string, unknown> = {}
    for (const [at, key] of keys.entries()) named[key] = values[at]
    holder.prefetched = named
  }
}
