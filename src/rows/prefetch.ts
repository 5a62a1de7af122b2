// What a query asks of a row and of its children is read in the statement that reads the row, and nothing else of them: a
// field declares what it reads, and the look-ahead finds the fields in the query. A field that declares nothing gets the
// whole row. What was not read ahead a field loads for itself, so that it is right wherever its row came from.
import type { Context } from '../context/context.ts'
import { Prisma } from '../generated/prisma/client.ts'

/** What a query wants of a row. */
export type Wants = {
  /** Tells wants apart. */
  key: string
  /** Fields of the row; null: all. */
  fields: ReadonlySet<string> | null
  /** Whether the place of a row in its list is wanted as well. */
  cursors: boolean
  /** What is read along with it. */
  prefetch: readonly Prefetch[]
}

export type Prefetch = {
  /**
   * What is read, with which arguments, and with all that depends on the viewer: equal ones differ in their wants only, and are read
   * as one, also for several requests.
   */
  key: string
  wants: Wants
  /** One JSON value for each row of the parent. */
  sqlOf: (wants: Wants) => Prisma.Sql
}

/** Where a row holds what `prefetchedBy` has at this place: a column each, as a JSON array around them would copy them once more. */
type Place = `prefetched${number}`

const placeOf = (at: number): Place => `prefetched${at}`

/** A row with what was read along with it, if that was. */
export type Prefetched = { prefetched?: boolean; prefetchedBy?: readonly Prefetch[]; [place: Place]: unknown }

export function wantsOf({ fields, cursors, prefetch }: Omit<Wants, 'key'>): Wants {
  const names = fields === null ? '*' : [...fields].sort().join()
  const children = prefetch.map(({ key, wants }) => `${key} ${wants.key}`).join()
  return { key: `${names} ${cursors} (${children})`, fields, cursors, prefetch }
}

export const wholeRow: Wants = wantsOf({ fields: null, cursors: true, prefetch: [] })

function unionOf(one: Wants, other: Wants): Wants {
  const prefetch = new Map<string, Prefetch>()
  for (const each of [...one.prefetch, ...other.prefetch]) addPrefetch(prefetch, each)
  const fields = one.fields && other.fields && new Set([...one.fields, ...other.fields])
  return wantsOf({ fields, cursors: one.cursors || other.cursors, prefetch: [...prefetch.values()] })
}

/** Two fields of a query may ask for the same with different wants. */
export function addPrefetch(found: Map<string, Prefetch>, added: Prefetch): void {
  const known = found.get(added.key)
  found.set(added.key, known ? { ...added, wants: unionOf(known.wants, added.wants) } : added)
}

/** What the fields below a field want of its rows. */
export type LookAhead = (rows: RowTypes) => Wants

/** The types that stand for a row, and those that hold such rows. */
export type RowTypes = { rows: ReadonlySet<string>; holders: ReadonlySet<string> }

/** The first is the row's own type, the others show the same row. */
export const rowTypes = (name: string, ...others: string[]): RowTypes => ({
  rows: new Set([name, ...others]),
  holders: new Set([`${name}Connection`, `${name}Edge`, `${name}Page`, 'PageInfo']),
})

/** Goes into `extensions` of a field. */
export type PrefetchExtension<Args = Record<string, unknown>> = {
  prefetch: (args: Args, below: LookAhead, context: Context) => Prefetch
}

/** Goes into `extensions` of a field: what it reads of its row besides the id; `expose` declares that by itself. */
export type ReadsExtension = { reads: readonly string[] }

export const reads = <Row>(...fields: (keyof Row & string)[]): ReadsExtension => ({ reads: fields })

/** `when`: of the rows for which it does not hold nothing is read ahead, and their fields load for themselves. */
export function prefetchColumns({ prefetch }: Wants, when: Prisma.Sql = Prisma.sql`true`): Prisma.Sql {
  if (prefetch.length === 0) return Prisma.empty
  const columns = prefetch.map(
    ({ sqlOf, wants }, at) => Prisma.sql`CASE WHEN ${when} THEN ${sqlOf(wants)} END AS ${Prisma.raw(placeOf(at))}`,
  )
  return Prisma.sql`,
        ${when} AS prefetched, ${Prisma.join(columns)}`
}

/** Tells what the row was read with, in place. */
export function notePrefetched(row: object, { prefetch }: Wants): void {
  if (prefetch.length > 0) (row as Prefetched).prefetchedBy = prefetch
}

/** What was read along with the row by this key; undefined when nothing was. */
export function prefetchedOf(row: Prefetched, key: string): { value: unknown; wants: Wants } | undefined {
  const { prefetched, prefetchedBy = [] } = row
  if (!prefetched) return undefined
  const at = prefetchedBy.findIndex((prefetch) => prefetch.key === key)
  const prefetch = prefetchedBy[at]
  return prefetch && { value: row[placeOf(at)], wants: prefetch.wants }
}
