import { Prisma } from '../generated/prisma/client.ts'

const toSnakeCase = (field: string) => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** The columns of a table as Prisma names its fields: every field is mapped to its name in snake case. */
export const columnsOf = (alias: string, fields: Record<string, string>): Prisma.Sql =>
  Prisma.raw(
    Object.values(fields)
      .map((field) => `${alias}.${toSnakeCase(field)} AS "${field}"`)
      .join(', '),
  )
