import { invalid } from '../foundation/errors.ts'
import { MAX_PAGE_SIZE } from '../foundation/limits.ts'

export type PageArguments = {
  first?: number | null | undefined
  last?: number | null | undefined
  after?: string | null | undefined
  before?: string | null | undefined
}

/** A page asked for: at most `limit` rows between two cursors, from the front or from the back. */
export type Window = { limit: number; backward: boolean; after: string | null; before: string | null }

function clamp(name: string, size: number): number {
  if (size < 0) throw invalid(`"${name}" must not be negative, but is ${size}`)
  return Math.min(size, MAX_PAGE_SIZE)
}

/** Null counts as absent, as does an empty cursor, with which clients begin; a page above the maximum is clamped (contract/graphql.md 6). */
export function toWindow({ first, last, after, before }: PageArguments): Window {
  if (first != null && last != null) throw invalid('Only one of "first" and "last" may be given')
  const backward = last != null
  const limit = backward ? clamp('last', last) : clamp('first', first ?? MAX_PAGE_SIZE)
  return { limit, backward, after: after || null, before: before || null }
}
