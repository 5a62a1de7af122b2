// A row comes without its long texts and says how long they are. The field of a text takes that size from what the answer may
// hold, and then reads the text together with all others of its kind. So a request that asks for too much is refused before any
// long text is read.
import DataLoader from 'dataloader'
import { answerSize } from '../context/answer-size.ts'
import { type Context, perRequest } from '../context/context.ts'
import { withReplica } from '../context/reads.ts'
import type { FieldPlace } from '../context/smaller-pages.ts'
import { readFrom } from '../database/db.ts'
import { statementName } from '../database/statement-name.ts'
import { Prisma } from '../generated/prisma/client.ts'
import { toSnakeCase } from './columns.ts'

/** What `allColumns` reads: the text, or how long it is. Both are undefined when the row was read without them. */
type Sized<Field extends string> = { id: number } & { [Name in Field]?: string | null } & {
  [Name in `${Field}Bytes`]?: number | null
}

type FoundText = { id: number; bytes: number; text: string | null }

/** Texts whose size is not known yet. The database sends no more of them than the answer has room for. */
function textsWithin(context: Context, table: string, expression: Prisma.Sql) {
  const name = statementName(`${table}.textsWithin`)
  return async (ids: readonly number[]): Promise<(FoundText | null | Error)[]> => {
    const { left, tooLarge } = answerSize(context)
    if (tooLarge) return ids.map(() => tooLarge)
    const texts = Prisma.sql`
      SELECT ${name} id, bytes, CASE WHEN sum(bytes) OVER (ORDER BY place) <= ${left}::bigint THEN text END AS text
      FROM (
        SELECT t.id, key.place, ${expression} AS text, octet_length(${expression}) AS bytes
        FROM unnest(${ids}::int[]) WITH ORDINALITY AS key (id, place) JOIN ${Prisma.raw(table)} t ON t.id = key.id
      ) AS found WHERE bytes IS NOT NULL`
    const rows = await withReplica(context, (replica) => readFrom(replica, (db) => db.$queryRaw<FoundText[]>(texts)))
    const found = new Map(rows.map((row) => [row.id, row]))
    return ids.map((id) => found.get(id) ?? null)
  }
}

const textLoader = (table: string, expression: Prisma.Sql) =>
  perRequest((context) => new DataLoader<number, FoundText | null>(textsWithin(context, table, expression)))

/** Reads the texts of rows that came without the texts and without their sizes. */
export function textsOfUnknownSize(table: string, expression: Prisma.Sql) {
  const loaders = textLoader(table, expression)
  return async (context: Context, id: number, place: () => FieldPlace): Promise<string | null> => {
    const found = await loaders(context).load(id)
    if (!found) return null
    answerSize(context).take(found.bytes, place)
    return found.text
  }
}

/** Gives a text of a row, however long it is. */
export function longText<Field extends string>(table: string, field: Field) {
  const expression = Prisma.raw(`t.${toSnakeCase(field)}`)
  const name = statementName(`${table}.${field}`)
  const ofUnknownSize = textsOfUnknownSize(table, expression)
  const loaders = perRequest(
    (context) =>
      new DataLoader<number, string | null>(async (ids) => {
        // A request that is refused reads no text.
        const { tooLarge } = answerSize(context)
        if (tooLarge) return ids.map(() => tooLarge)
        const texts = Prisma.sql`
          SELECT ${name} t.id, ${expression} AS text FROM ${Prisma.raw(table)} t WHERE t.id = ANY (${ids}::int[])`
        const rows = await withReplica(context, (replica) =>
          readFrom(replica, (db) => db.$queryRaw<{ id: number; text: string | null }[]>(texts)),
        )
        const found = new Map(rows.map(({ id, text }) => [id, text]))
        return ids.map((id) => found.get(id) ?? null)
      }),
  )
  return (context: Context, row: Sized<Field>, place: () => FieldPlace): string | null | Promise<string | null> => {
    const bytes = row[`${field}Bytes`] as number | null | undefined
    const text = row[field] as string | null | undefined
    if (bytes == null && text === undefined) return ofUnknownSize(context, row.id, place)
    if (bytes == null && text == null) return null
    answerSize(context).take(bytes ?? text?.length ?? 0, place)
    return bytes == null ? (text ?? null) : loaders(context).load(row.id)
  }
}
