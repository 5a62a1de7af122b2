import DataLoader from 'dataloader'
import { type Context, perRequest } from '../context/context.ts'
import { shareStatements } from '../database/batching/share-statements.ts'

/**
 * Rows by a unique column: one statement for all values that are asked for at once, by any request; null for those without
 * a row. A request reads each row once.
 */
export function uniqueLoader<Row, Column extends keyof Row>(
  column: Column,
  read: (values: NonNullable<Row[Column]>[]) => Promise<Row[]>,
): (context: Context) => DataLoader<NonNullable<Row[Column]>, Row | null> {
  type Value = NonNullable<Row[Column]>
  const readAll = shareStatements<Value, Row | null>(
    async (values) => {
      const rows = new Map((await read([...values])).map((row) => [row[column], row]))
      return values.map((value) => rows.get(value) ?? null)
    },
    (value) => value as string | number,
  )
  return perRequest(() => new DataLoader<Value, Row | null>(readAll))
}
