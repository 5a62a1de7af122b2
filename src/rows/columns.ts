import { Prisma } from '../generated/prisma/client.ts'

export const toSnakeCase = (field: string) => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

export const toCamelCase = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

export const capitalized = (name: string) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`

/** Texts that may be long, by field: up to so many bytes of one come with the row, of a longer one its size (`long-texts.ts`). */
export type LongFields = Readonly<Record<string, number>>

export function columnsOfField(alias: string, field: string, inline: number | undefined): string {
  const column = `${alias}.${toSnakeCase(field)}`
  if (inline === undefined) return `${column} AS "${field}"`
  const size = `octet_length(${column})`
  return `CASE WHEN ${size} <= ${inline} THEN ${column} END AS "${field}",
      CASE WHEN ${size} > ${inline} THEN ${size} END AS "${field}Bytes"`
}

/** The columns of a table as Prisma names its fields: every field is mapped to its name in snake case. */
export const columnsOf = (alias: string, fields: Record<string, string>, long: LongFields = {}): Prisma.Sql =>
  Prisma.raw(
    Object.values(fields)
      .map((field) => columnsOfField(alias, field, long[field]))
      .join(', '),
  )
