import { Prisma } from '../generated/prisma/client.ts'
import { columnsOf, columnsOfField, type LongFields, toCamelCase } from './columns.ts'
import { type DatesOf, reviver } from './json-rows.ts'
import { childColumns, type Plan } from './plan.ts'

export type TableOptions<Row> = {
  /** Its fields, as Prisma names them. */
  fields: Readonly<Record<string, string>>
  dates: DatesOf<Row>
  /** The fields that are read whatever the plan is; absent: a row is always read whole. */
  always?: readonly (keyof Row & string)[]
  long?: LongFields
  /** Joins of other tables; absent: the table alone. */
  from?: Prisma.Sql
  /** More columns. */
  more?: Prisma.Sql
  /** Turns what `more` reads from JSON into what it is, in place. */
  reviveMore?: (row: Row) => void
}

/** Where rows come from, for the statements that read them. */
export type Source<Row> = {
  name: string
  /** The name of a statement that reads rows of the table, by what it does. */
  statement: (what: string) => string
  /** All columns. */
  columns: Prisma.Sql
  from: Prisma.Sql
  /** The columns of a plan, with those that its cursors are made of, and its children; `when`: see `childColumns`. */
  columnsFor: (plan: Plan, placed?: readonly string[], when?: Prisma.Sql) => Prisma.Sql
  /** Turns a row from JSON into what it is, in place. */
  revive: (row: Row) => Row
}

type Columns = Pick<TableOptions<unknown>, 'fields' | 'long'> & { always?: readonly string[] | undefined }

/** Columns of some fields, and of those that every reader of the row needs; null: all. */
function someColumns(alias: string, { fields, long = {}, always }: Columns) {
  const all = columnsOf(alias, fields, long)
  if (!always) return () => all
  const texts = Object.values(fields).map((field) => [field, columnsOfField(alias, field, long[field])] as const)
  return (some: ReadonlySet<string> | null) => {
    if (some === null) return all
    const read = texts.filter(([field]) => some.has(field) || always.includes(field))
    return Prisma.raw(read.map(([, text]) => text).join(', '))
  }
}

export function sourceOf<Row>(name: string, alias: string, options: TableOptions<Row>): Source<Row> {
  const { dates, more, reviveMore, from = Prisma.raw(`${name} ${alias}`) } = options
  const some = someColumns(alias, options)
  const withMore = more ? (columns: Prisma.Sql) => Prisma.sql`${columns}, ${more}` : (columns: Prisma.Sql) => columns
  const reviveDates = reviver<Row>(dates)
  return {
    name,
    statement: (what) => `${toCamelCase(name)}.${what}`,
    from,
    columns: withMore(some(null)),
    columnsFor(plan, placed = [], when) {
      const fields = plan.fields && plan.cursors ? new Set([...plan.fields, ...placed]) : plan.fields
      return Prisma.sql`${withMore(some(fields))} ${childColumns(plan, when)}`
    },
    revive(row) {
      reviveMore?.(row)
      return reviveDates(row)
    },
  }
}
