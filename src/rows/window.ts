import { invalid } from '../foundation/errors.ts'
import { MAX_PAGE_SIZE } from '../foundation/limits.ts'

export type PageArguments = {
  first?: number | null | undefined
  last?: number | null | undefined
  after?: string | null | undefined
  before?: string | null | undefined
}

/** Which page is asked for: at most `limit` rows between two cursors, from the front or from the back. */
export type Window = { limit: number; backward: boolean; after: string | null; before: string | null }

function clamp(name: string, size: number): number {
  if (size < 0) throw invalid(`"${name}" must not be negative, but is ${size}`)
  return Math.min(size, MAX_PAGE_SIZE)
}

/**
 * Null counts as absent, and so does an empty cursor, because clients begin with one. A page above the maximum gets the maximum
 * (docs/contract/graphql.md#pages).
 */
export function toWindow({ first, last, after, before }: PageArguments): Window {
  if (first != null && last != null) throw invalid('Only one of "first" and "last" may be given')
  const backward = last != null
  const limit = backward ? clamp('last', last) : clamp('first', first ?? MAX_PAGE_SIZE)
  return { limit, backward, after: after || null, before: before || null }
}
