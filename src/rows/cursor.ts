import type { z } from 'zod'
import { invalid } from '../foundation/errors.ts'
import { maxCharacters } from '../foundation/text-limits.ts'

/**
 * The values of a row by which it is sorted: its id, and a time or a key that we made. Never a tag, which a Guest may not see.
 */
export type Position = readonly (string | number | boolean | null)[]

export type CursorArgument = 'after' | 'before'

const badCursor = (argument: CursorArgument) =>
  invalid(`Please provide a valid cursor in "${argument}": one that this field answered under the same sort`)

/** A text that clients need not understand: the name of the order, then the position in that order. */
export const encodeCursor = (order: string, position: Position): string =>
  Buffer.from(JSON.stringify([order, ...position])).toString('base64url')

function decode(cursor: string): unknown {
  if (cursor.length > maxCharacters.cursor) return undefined
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}

/** Refuses a text that is no cursor, and a cursor of another order. */
export function decodeCursor<Values extends z.ZodType>(
  cursor: string,
  { argument, order, values }: { argument: CursorArgument; order: string; values: Values },
): z.infer<Values> {
  const decoded = decode(cursor)
  if (!Array.isArray(decoded) || decoded[0] !== order) throw badCursor(argument)
  const position = values.safeParse(decoded.slice(1))
  if (!position.success) throw badCursor(argument)
  return position.data
}
