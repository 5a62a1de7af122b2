import { Prisma } from '../generated/prisma/client.ts'

export const toSnakeCase = (field: string) => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

export const toCamelCase = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

export const capitalized = (name: string) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`

/**
 * The fields that may hold long texts, each with a number of bytes. A text of at most so many bytes comes with its row. Of a
 * longer text the row has the size (`long-texts.ts`).
 */
export type LongFields = Readonly<Record<string, number>>

export function columnsOfField(alias: string, field: string, inline: number | undefined): string {
  const column = `${alias}.${toSnakeCase(field)}`
  if (inline === undefined) return `${column} AS "${field}"`
  const size = `octet_length(${column})`
  return `CASE WHEN ${size} <= ${inline} THEN ${column} END AS "${field}",
      CASE WHEN ${size} > ${inline} THEN ${size} END AS "${field}Bytes"`
}

/**
 * The columns of a table, named like the fields in Prisma. In the database every column is named like its field in snake case.
 */
export const columnsOf = (alias: string, fields: Record<string, string>, long: LongFields = {}): Prisma.Sql =>
  Prisma.raw(
    Object.values(fields)
      .map((field) => columnsOfField(alias, field, long[field]))
      .join(', '),
  )
