import { Prisma } from '../generated/prisma/client.ts'

const toSnakeCase = (field: string) => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const columnOf = (alias: string, field: string) => `${alias}.${toSnakeCase(field)} AS "${field}"`

/** The columns of a table as Prisma names its fields: every field is mapped to its name in snake case. */
export const columnsOf = (alias: string, fields: Record<string, string>): Prisma.Sql =>
  Prisma.raw(
    Object.values(fields)
      .map((field) => columnOf(alias, field))
      .join(', '),
  )

export type Columns = {
  columns: Prisma.Sql
  /** Those of some fields, and of those that every reader of the row needs; null: all. */
  columnsOfSome: (fields: ReadonlySet<string> | null) => Prisma.Sql
}

export function someColumnsOf(alias: string, fields: Record<string, string>, always: readonly string[]): Columns {
  const texts = Object.values(fields).map((field) => [field, columnOf(alias, field)] as const)
  const columns = columnsOf(alias, fields)
  const columnsOfSome = (some: ReadonlySet<string> | null) =>
    some === null
      ? columns
      : Prisma.raw(
          texts
            .filter(([field]) => some.has(field) || always.includes(field))
            .map(([, text]) => text)
            .join(', '),
        )
  return { columns, columnsOfSome }
}
