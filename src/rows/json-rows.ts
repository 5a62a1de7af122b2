// A list of rows comes from the database as one JSON value, because Prisma decodes a result cell by cell. That costs several
// times as much as the statement, while JSON.parse is native. In JSON a row can also bring its children along.
import { readFrom } from '../database/db.ts'
import type { Replica } from '../database/replicas/replica.ts'
import { statementName } from '../database/statement-name.ts'
import { Prisma } from '../generated/prisma/client.ts'

type DateField<Row> = { [Field in keyof Row]-?: Date extends Row[Field] ? Field : never }[keyof Row]

/** All fields of a row that are dates. In JSON they are texts. */
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

/** Reads the rows of a query. `name` is the name of the statement. */
export async function readRows<Row>(
  name: string,
  rows: Prisma.Sql,
  revive: (row: Row) => Row,
  replica: Replica | null = null,
): Promise<Row[]> {
  const [answer] = await readFrom(
    replica,
    (db) => db.$queryRaw<[{ rows: string }]>`SELECT ${statementName(name)} ${asJson(rows)}::text AS rows`,
  )
  const text = answer.rows
  // Lets go of the text. Prisma's promise has a getter, and V8 keeps what a getter refers to until it collects old objects. By
  // then it would have copied the text twice.
  answer.rows = ''
  return (JSON.parse(text) as Row[]).map(revive)
}
