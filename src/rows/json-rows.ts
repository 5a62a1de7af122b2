// Rows travel as one JSON value per list. Prisma decodes a result cell by cell, which costs several times the statement; the
// children of a row can come along with it, and JSON.parse is native.
import { db } from '../database/db.ts'
import { statementName } from '../database/statement-name.ts'
import { Prisma } from '../generated/prisma/client.ts'

type DateField<Row> = { [Field in keyof Row]-?: Date extends Row[Field] ? Field : never }[keyof Row]

/** The fields of a row that are dates, which JSON has as text: every one of them. */
export type DatesOf<Row> = Readonly<Record<DateField<Row>, true>>

/** All rows of a query as one JSON value. */
export const asJson = (rows: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`(SELECT coalesce(json_agg(row), '[]') FROM (${rows}) AS row)`

/** Turns the texts of a row back into dates, in place. */
export function reviver<Row>(dates: DatesOf<Row>): (row: Row) => Row {
  const fields = Object.keys(dates) as (keyof Row)[]
  return (row) => {
    for (const field of fields) {
      const text = row[field]
      if (typeof text === 'string') row[field] = new Date(text) as Row[keyof Row]
    }
    return row
  }
}

/** Reads the rows of a query; `name` is the statement's. */
export async function readRows<Row>(name: string, rows: Prisma.Sql, revive: (row: Row) => Row): Promise<Row[]> {
  const [answer] = await db.$queryRaw<[{ rows: string }]>`SELECT ${statementName(name)} ${asJson(rows)}::text AS rows`
  const text = answer.rows
  // Prisma's promise has a getter, and V8 holds for alive what a getter knows until it collects old objects: by then the text
  // has been copied twice.
  answer.rows = ''
  return (JSON.parse(text) as Row[]).map(revive)
}
