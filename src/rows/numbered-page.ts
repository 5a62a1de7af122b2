// Pages by number, as in the REST API (docs/contract/rest.md#pages): the rows of a page, and how many rows there are in all.
import { db } from '../database/db.ts'
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

const placeOf = ({ page, per_page }: PageInput) => {
  const number = page ?? 1
  const size = Math.min(per_page ?? DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE)
  return { number, size, offset: (number - 1) * size }
}

type Source = {
  /** The name of the statement that reads the page. */
  statement: string
  /** The columns, named like the fields of the row's type. */
  columns: Prisma.Sql
  from: Prisma.Sql
  where: Prisma.Sql
  /** The last term is unique. */
  orderBy: Prisma.Sql
  /** How many rows there are, when that is known already. */
  count?: number
}

/** Reads rows as JSON, which costs less than Prisma's cells (`json-rows.ts`). */
type ReadRows<Row> = (rows: Prisma.Sql) => Promise<Row[]>

/** The terms of ORDER BY for an order that pages with cursors use too. */
const sortedBy = ({ terms, direction }: Pick<Order<unknown>, 'terms' | 'direction'>): Prisma.Sql =>
  Prisma.join(terms.map((term) => Prisma.sql`${term} ${Prisma.raw(direction)}`))

async function countUpTo(limit: number, { statement, from, where }: Source): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>`
    SELECT ${statementName(`${statement}.count`)} count(*)::int AS count FROM (SELECT FROM ${from} WHERE ${where} LIMIT ${limit}) AS counted`
  return row?.count ?? 0
}

/** Reads a page and its total by two statements, however long the page and the list are. */
export async function readPage<Row>(
  source: Source,
  input: PageInput,
  read: ReadRows<Row> = (rows) => db.$queryRaw<Row[]>(rows),
): Promise<NumberedPage<Row>> {
  const { statement, columns, from, where, orderBy } = source
  const { number, size, offset } = placeOf(input)
  const [rows, count] = await Promise.all([
    read(Prisma.sql`
      SELECT ${statementName(statement)} ${columns} FROM ${from} WHERE ${where} ORDER BY ${orderBy} LIMIT ${size + 1} OFFSET ${offset}::bigint`),
    source.count ?? countUpTo(MAX_TOTAL + 1, source),
  ])
  const total = count > MAX_TOTAL ? null : count
  return { rows: rows.slice(0, size), number, size, hasNext: rows.length > size, total }
}

/** Which rows of a table, and in which order. */
export type Selected = Pick<Source, 'where' | 'count'> & {
  /** Tables of the rows, where that is more than the table alone. */
  from?: Prisma.Sql
  /** Ends with something unique. */
  order: Pick<Order<unknown>, 'terms' | 'direction'>
}

/** A page of the rows of a table. */
export function readTablePage<Row extends object>(
  table: Table<Row>,
  { name, plan }: { name: string; plan: Plan },
  { order, from = table.from, ...selected }: Selected,
  input: PageInput,
): Promise<NumberedPage<Row>> {
  const statement = table.statement(name)
  const revive = (row: Row) => {
    noteChildren(row, plan)
    return table.revive(row)
  }
  const source = { ...selected, statement, columns: table.columnsFor(plan), from, orderBy: sortedBy(order) }
  return readPage(source, input, (rows) => readRows(statement, rows, revive))
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

/** A page of a list that is not counted. */
export async function uncountedPage<Row>(
  input: PageInput,
  read: (place: { size: number; offset: number }) => Promise<{ rows: Row[]; hasNext: boolean }>,
): Promise<NumberedPage<Row>> {
  const { number, size, offset } = placeOf(input)
  return { ...(await read({ size, offset })), number, size, total: null }
}
