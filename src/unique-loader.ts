import DataLoader from 'dataloader'

/** Rows by a unique column: one statement for all values that are asked for at once, null for those without a row. */
export function uniqueLoader<Row, Column extends keyof Row>(
  column: Column,
  read: (values: NonNullable<Row[Column]>[]) => Promise<Row[]>,
): DataLoader<NonNullable<Row[Column]>, Row | null> {
  return new DataLoader(async (values) => {
    const rows = new Map((await read([...values])).map((row) => [row[column], row]))
    return values.map((value) => rows.get(value) ?? null)
  })
}
