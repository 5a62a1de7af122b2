// Pages by number, as in the REST API (docs/contract/rest.md#pages): the rows of a page, and how many rows there are in all.
import { readFrom } from '../database/db.ts'
import type { Replica } from '../database/replicas/replica.ts'
import { statementName } from '../database/statement-name.ts'
import { Prisma } from '../generated/prisma/client.ts'
import { readRows } from './json-rows.ts'
import type { Order } from './keyset.ts'
import { noteChildren, type Plan } from './plan.ts'
import type { Source as Table } from './source.ts'

const DEFAULT_PAGE_SIZE = 20
const MAX_PAGE_SIZE = 100

/** The server counts up to this number and gives no total above it, because counting further takes too long. */
const MAX_TOTAL = 10_000

export type PageInput = { page?: number | null | undefined; per_page?: number | null | undefined }

export type NumberedPage<Row> = {
  rows: Row[]
  number: number
  size: number
  hasNext: boolean
  /** Null when there are more rows than the server counts, and when it counts none. */
  total: number | null
}

export const placeOf = ({ page, per_page }: PageInput) => {
  const number = page ?? 1
  const size = Math.min(per_page ?? DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE)
  return { number, size, offset: (number - 1) * size }
}

/** Which rows of a table, and in which order. */
export type Selected = {
  /** Tables of the rows, where that is more than the table alone. */
  from?: Prisma.Sql
  where: Prisma.Sql
  /** The last term is unique. */
  order: Pick<Order<unknown>, 'terms' | 'direction'>
  /** How many rows there are, when that is known already. */
  count?: number
  /** What is counted, and up to which number, where that is not what is listed. */
  counted?: { from: Prisma.Sql; upTo: number }
}

/** The terms of ORDER BY for an order that pages with cursors use too. */
const sortedBy = ({ terms, direction }: Selected['order']): Prisma.Sql =>
  Prisma.sql`ORDER BY ${Prisma.join(terms.map((term) => Prisma.sql`${term} ${Prisma.raw(direction)}`))}`

type Counted = { limit: number; statement: string; rows: Prisma.Sql; replica: Replica | null }

async function countUpTo({ limit, statement, rows, replica }: Counted): Promise<number> {
  const [row] = await readFrom(
    replica,
    (db) => db.$queryRaw<{ count: number }[]>`
    SELECT ${statementName(`${statement}.count`)} count(*)::int AS count FROM (SELECT ${rows} LIMIT ${limit}) AS counted`,
  )
  return row?.count ?? 0
}

/** Reads a page of the rows of a table and its total by two statements, however long the page and the list are. */
export async function readTablePage<Row extends object>(
  table: Table<Row>,
  { name, plan, replica }: { name: string; plan: Plan; replica: Replica | null },
  { from = table.from, where, order, count: known, counted = { from, upTo: MAX_TOTAL } }: Selected,
  input: PageInput,
): Promise<NumberedPage<Row>> {
  const statement = table.statement(name)
  const { number, size, offset } = placeOf(input)
  const columns = table.columnsFor(plan)
  const page = Prisma.sql`SELECT ${columns} FROM ${from} WHERE ${where} ${sortedBy(order)}
    LIMIT ${size + 1} OFFSET ${offset}::bigint`
  const [rows, count] = await Promise.all([
    readRows<Row>(statement, page, table.revive, replica),
    known ??
      countUpTo({
        ...{ limit: counted.upTo + 1, statement, replica },
        rows: Prisma.sql`FROM ${counted.from} WHERE ${where}`,
      }),
  ])
  for (const row of rows) noteChildren(row, plan)
  const total = count > counted.upTo ? null : count
  return { rows: rows.slice(0, size), number, size, hasNext: rows.length > size, total }
}

/** Gives the rows of a page what their fields need to know besides, in place. */
export const extendPage = <Row extends object, Extra extends object>(
  page: NumberedPage<Row>,
  extra: Extra,
): NumberedPage<Row & Extra> => ({ ...page, rows: page.rows.map((row) => Object.assign(row, extra)) })

/** A page of a list that is in memory as a whole. */
export function pageOf<Row>(all: readonly Row[], input: PageInput): NumberedPage<Row> {
  const { number, size, offset } = placeOf(input)
  const total = all.length > MAX_TOTAL ? null : all.length
  return { rows: all.slice(offset, offset + size), number, size, hasNext: all.length > offset + size, total }
}

export async function uncountedPage<Row>(
  input: PageInput,
  read: (place: { size: number; offset: number }) => Promise<{ rows: Row[]; hasNext: boolean }>,
): Promise<NumberedPage<Row>> {
  const { number, size, offset } = placeOf(input)
  return { ...(await read({ size, offset })), number, size, total: null }
}
