import { assertWhole } from '../foundation/input-limits.ts'
import type { OperationRequest } from './operation-request.ts'
import { wrong } from './refusal.ts'

// NUL itself and its escapes in GraphQL.
const NUL_IN_QUERY = /\0|\\u0000|\\u\{0+\}/

/** Levels of lists and objects. More than any argument has, and few enough to recurse through. */
const MAX_NESTING = 50

const isNestedDeeper = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((inner) => isNestedDeeper(inner, levels - 1)))

/** Whether a text in the value contains a NUL byte. */
function holdsNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0')
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsNul)
}

/** `prefix` is the path of the value as errors of mutations write it, which is without the argument `input`. */
function assertAllWhole(value: unknown, prefix: string): void {
  if (typeof value === 'string') assertWhole(value, prefix)
  if (typeof value !== 'object' || value === null) return
  for (const [name, inner] of Object.entries(value)) {
    assertAllWhole(inner, prefix === '' ? name : `${prefix}.${name}`)
  }
}

/**
 * Refuses NUL bytes, which PostgreSQL and git cannot store in a text, and lone surrogates, which UTF-8 cannot. Checking here
 * covers every argument.
 */
export function assertReadable({ query, variables }: OperationRequest): void {
  if (query && NUL_IN_QUERY.test(query)) throw wrong('The query holds a NUL byte: a text must not')
  for (const [name, value] of Object.entries(variables)) {
    if (isNestedDeeper(value, MAX_NESTING)) {
      throw wrong(`Variable "$${name}" is nested more than ${MAX_NESTING} levels deep`)
    }
    if (holdsNul(value)) throw wrong(`Variable "$${name}" holds a NUL byte: a text must not`)
    assertAllWhole(value, name === 'input' && typeof value === 'object' ? '' : name)
  }
}
