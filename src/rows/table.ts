// A table is described once: its columns, which of them are dates, and the alias that statements use. From this description come
// rows by key, the children of a row of another table (a page of them, all, or their number), pages by number, and long texts. What several
// requests ask for at the same time is read together (`batches.ts`).
import type { Context } from '../context/context.ts'
import { withReplica } from '../context/reads.ts'
import type { Replica } from '../database/replicas/replica.ts'
import { Prisma } from '../generated/prisma/client.ts'
import { childrenOf, type Parent } from './children.ts'
import { capitalized, toSnakeCase } from './columns.ts'
import { readRows } from './json-rows.ts'
import { longText } from './long-texts.ts'
import { type NumberedPage, type PageInput, readTablePage, type Selected } from './numbered-page.ts'
import { type Plan, wholeRow } from './plan.ts'
import { type RowsByKey, rowsByKey } from './rows-by-key.ts'
import { type Source, sourceOf, type TableOptions } from './source.ts'

type Column<Row> = keyof Row & string

/** The value of one column, or an object with the values of several columns. */
type KeyOf<Row, Columns extends readonly Column<Row>[]> = Columns extends readonly [infer One extends Column<Row>]
  ? NonNullable<Row[One]>
  : Pick<Row, Columns[number]>

type Value = string | number

const listOf = (values: readonly Value[]) =>
  typeof values[0] === 'number' ? Prisma.sql`${values}::int[]` : Prisma.sql`${values}::text[]`

/** FROM and WHERE for the rows that have these values in these columns. Each column has a list of values. */
function matching(from: Prisma.Sql, columns: readonly string[], lists: readonly (readonly Value[])[]): Prisma.Sql {
  const [column = '', ...others] = columns
  const [values = []] = lists
  if (others.length === 0) return Prisma.sql`FROM ${from} WHERE ${Prisma.raw(column)} = ANY (${listOf(values)})`
  const names = columns.map((_, at) => `value${at}`)
  const equal = columns.map((each, at) => `${each} = key.${names[at]}`).join(' AND ')
  return Prisma.sql`
    FROM unnest(${Prisma.join(lists.map(listOf))}) AS key (${Prisma.raw(names.join(', '))}), ${from} WHERE ${Prisma.raw(equal)}`
}

/** Reads rows by a unique key of one column or several. */
function byColumns<Row extends object, const Columns extends readonly Column<Row>[]>(
  source: Source<Row>,
  alias: string,
  columns: Columns,
): RowsByKey<KeyOf<Row, Columns>, Row> {
  type Key = KeyOf<Row, Columns>
  const valuesOf = (key: Key) =>
    columns.length === 1 ? [key as Value] : columns.map((column) => (key as Row)[column] as Value)
  const nameOf = (key: Key) => valuesOf(key).join(' ')
  const nameOfRow = (row: Row) => columns.map((column) => row[column]).join(' ')
  const statement = source.statement(`by${columns.map(capitalized).join('And')}`)
  const inSql = columns.map((column) => `${alias}.${toSnakeCase(column)}`)
  async function read(keys: readonly Key[], plan: Plan, replica: Replica | null) {
    const values = keys.map(valuesOf)
    const lists = columns.map((_, at) => values.map((each) => each[at] as Value))
    const rows = Prisma.sql`SELECT ${source.columnsFor(plan)} ${matching(source.from, inSql, lists)}`
    const read = await readRows(statement, rows, source.revive, replica)
    const found = new Map(read.map((row) => [nameOfRow(row), row]))
    return keys.map((key) => found.get(nameOf(key)) ?? null)
  }
  return rowsByKey({ nameOf, read })
}

export function table<Row extends object>(name: string, alias: string, options: TableOptions<Row>) {
  const source = sourceOf(name, alias, options)
  return {
    ...source,
    by: <const Columns extends readonly Column<Row>[]>(...columns: Columns) => byColumns(source, alias, columns),
    childrenOf: (parent: Parent) => childrenOf(source, parent),
    /** A page by number; `what` is the end of the statement's name. */
    numberedPage: (
      context: Context,
      what: string,
      { plan = wholeRow, ...rows }: Selected & { plan?: Plan },
      page: PageInput,
    ): Promise<NumberedPage<Row>> =>
      withReplica(context, (replica) => readTablePage(source, { name: what, plan, replica }, rows, page)),
    text: <Field extends Column<Row>>(field: Field) => longText(name, field),
    /** Runs a statement that reads the columns of rows and `More`. `what` is the end of the statement's name. */
    read<More = unknown>(what: string, rows: Prisma.Sql, replica: Replica | null = null): Promise<(Row & More)[]> {
      const revive = (row: Row & More) => {
        source.revive(row)
        return row
      }
      return readRows<Row & More>(source.statement(what), rows, revive, replica)
    },
    /** Reads the rows for which a condition is true. `what` is the end of the statement's name. */
    where(what: string, condition: Prisma.Sql, plan = wholeRow, replica: Replica | null = null): Promise<Row[]> {
      const rows = Prisma.sql`SELECT ${source.columnsFor(plan)} FROM ${source.from} WHERE ${condition}`
      return readRows(source.statement(what), rows, source.revive, replica)
    },
  }
}
