import { Prisma } from '../generated/prisma/client.ts'
import { allColumns, columnsOfField, type LongFields, toCamelCase } from './columns.ts'
import { type DatesOf, reviver } from './json-rows.ts'
import { childColumns, type Plan } from './plan.ts'

export type TableOptions<Row> = {
  fields: Readonly<Record<string, string>>
  dates: DatesOf<Row>
  /** The fields that are read whatever the plan is. Absent: a row is always read whole. */
  always?: readonly (keyof Row & string)[]
  long?: LongFields
  /** The table joined with other tables. Absent: the table alone. */
  from?: Prisma.Sql
  /** Columns that are read besides those of the fields. */
  more?: Prisma.Sql
  /** Turns what `more` reads from JSON into its own type, in place. */
  reviveMore?: (row: Row) => void
}

/** What a statement needs in order to read rows of a table. */
export type Source<Row> = {
  name: string
  /** The name of a statement that reads rows of the table, made of what the statement does. */
  statement: (what: string) => string
  columns: Prisma.Sql
  from: Prisma.Sql
  /** The columns of a plan and its children. `placed` are the fields that cursors are made of. `childColumns` explains `when`. */
  columnsFor: (plan: Plan, placed?: readonly string[], when?: Prisma.Sql) => Prisma.Sql
  /** Turns the texts that JSON has for dates and the like into their own types, in place. */
  revive: (row: Row) => Row
}

type Columns = Pick<TableOptions<unknown>, 'fields' | 'long'> & { always?: readonly string[] | undefined }

/** The columns of some fields, and of the fields that are always read; null: all columns. */
function someColumns(alias: string, { fields, long = {}, always }: Columns) {
  const all = allColumns(alias, fields, long)
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
