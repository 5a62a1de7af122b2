import { z } from 'zod'
import { Prisma } from '../generated/prisma/client.ts'
import { type CursorArgument, decodeCursor, encodeCursor, type Position } from './cursor.ts'
import { IdValue, MillisecondsValue } from './cursor-values.ts'
import type { Window } from './window.ts'

/**
 * An order in which every row has a position of its own. All terms are sorted in one direction, and a term that goes the other
 * way is negated. So one comparison of rows finds the next page, and one range of an index answers it, however deep the page
 * lies.
 */
export type Order<Row> = {
  /** Cursors contain it, so that a cursor of another order is refused. */
  name: string
  direction: 'asc' | 'desc'
  terms: readonly Prisma.Sql[]
  /** The types of the terms, to which the values of a cursor are cast, or what makes a term of a value. */
  casts: readonly (string | ((value: Prisma.Sql) => Prisma.Sql))[]
  values: z.ZodType<Position>
  /** The fields of a row that make its position, besides the id. */
  fields: readonly (keyof Row & string)[]
  position: (row: Row) => Position
}

type TimeField<Row> = { [Field in keyof Row]: Row[Field] extends Date ? Field : never }[keyof Row] & string

/** Sorts by a time, then by id. `descendingId` sorts the id downwards where the time is sorted upwards. */
export function byTime<Row extends { id: number }>(order: {
  name: string
  direction: 'asc' | 'desc'
  time: Prisma.Sql
  id: Prisma.Sql
  descendingId?: boolean
  field: TimeField<Row>
}): Order<Row> {
  const sign = order.descendingId ? -1 : 1
  return {
    name: order.name,
    direction: order.direction,
    terms: [order.time, order.descendingId ? Prisma.sql`(-${order.id})` : order.id],
    casts: ['timestamptz', 'int'],
    values: z.tuple([MillisecondsValue, IdValue]).transform(([time, id]) => [new Date(time).toISOString(), sign * id]),
    fields: [order.field],
    position: (row) => [(row[order.field] as Date).getTime(), row.id],
  }
}

/** Sorts by the creation of the rows of the table with this alias. */
export const byCreation = <Row extends { id: number; createdAt: Date }>(
  name: string,
  direction: 'asc' | 'desc',
  alias: string,
): Order<Row> => {
  const [time, id] = [Prisma.raw(`${alias}.created_at`), Prisma.raw(`${alias}.id`)]
  return byTime<Row>({ name, direction, time, id, field: 'createdAt' as TimeField<Row> })
}

export const byId = <Row extends { id: number }>(
  name: string,
  direction: 'asc' | 'desc',
  id: Prisma.Sql,
): Order<Row> => ({
  name,
  direction,
  terms: [id],
  casts: ['int'],
  values: z.tuple([IdValue]),
  fields: [],
  position: (row) => [row.id],
})

function compare<Row>(order: Order<Row>, operator: '<' | '>', window: Window, argument: CursorArgument): Prisma.Sql {
  const cursor = window[argument]
  if (cursor === null) return Prisma.empty
  const values = decodeCursor(cursor, { argument, order: order.name, values: order.values })
  const typed = values.map((value, at) => {
    const cast = order.casts[at] ?? 'text'
    return typeof cast === 'string' ? Prisma.sql`${value}::${Prisma.raw(cast)}` : cast(Prisma.sql`${value}::text`)
  })
  return Prisma.sql`AND (${Prisma.join([...order.terms])}) ${Prisma.raw(operator)} (${Prisma.join(typed)})`
}

/** The conditions (each begins with `AND`), ORDER BY and LIMIT that read a window, and one row more than the window holds. */
export function readWindow<Row>(order: Order<Row>, window: Window) {
  const [later, earlier] = order.direction === 'asc' ? (['>', '<'] as const) : (['<', '>'] as const)
  const after = compare(order, later, window, 'after')
  const before = compare(order, earlier, window, 'before')
  const ascending = (order.direction === 'asc') !== window.backward
  const by = order.terms.map((term) => Prisma.sql`${term} ${Prisma.raw(ascending ? 'ASC' : 'DESC')}`)
  const orderBy = Prisma.sql`ORDER BY ${Prisma.join(by)}`
  return { within: Prisma.sql`${after} ${before}`, orderBy, sorted: Prisma.sql`${orderBy} LIMIT ${window.limit + 1}` }
}

export const cursorIn =
  <Row>(order: Order<Row>) =>
  (row: Row): string =>
    encodeCursor(order.name, order.position(row))
