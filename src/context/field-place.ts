import type { GraphQLResolveInfo } from 'graphql'
import { answerSize, REST_PAGE } from './answer-size.ts'
import type { Context } from './context.ts'
import type { FieldPlace } from './smaller-pages.ts'

type Path = GraphQLResolveInfo['path']

/**
 * The place of a field in a query. A list is named without `nodes` or `edges`, because its page size is set on the field before.
 */
export function placeOfField({ path }: { path: Path }): FieldPlace {
  const keys: (string | number)[] = []
  for (let at: Path | undefined = path; at; at = at.prev) keys.unshift(at.key)
  const names: string[] = []
  const rows: { list: string; row: number }[] = []
  for (const key of keys) {
    if (typeof key === 'string') names.push(key)
    else if (names.length > 1) rows.push({ list: names.slice(0, -1).join('.'), row: key })
  }
  return { field: names.join('.'), at: rows }
}

/** The place of a key in an answer of REST. */
export function placeInRest({ row }: Context, field: string): FieldPlace {
  return { field, at: row === undefined ? [] : [{ list: REST_PAGE, row }] }
}

/** The context of the same request for one row of REST's list. */
export const contextOfRow = (context: Context, row: number): Context => {
  // Both belong to the whole request, so they are made in the outer context.
  context.made ??= new Map()
  answerSize(context)
  return Object.create(context, { row: { value: row } }) as Context
}
