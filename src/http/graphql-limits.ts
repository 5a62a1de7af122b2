import { GraphQLError, validate } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { MAX_QUERY_CHARACTERS, MAX_VALIDATION_ERRORS } from '../limits.ts'

const refuse = (message: string) => new GraphQLError(message, { extensions: { code: 'INVALID' } })

// As itself and as GraphQL escapes it.
export const NUL_IN_QUERY = /\0|\\u0000|\\u\{0+\}/

/** Whether any text in it holds a NUL byte, which neither PostgreSQL nor git can. */
export function holdsNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0')
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsNul)
}

/** Levels of lists and objects in each other: more than any argument has, few enough to walk through. */
const MAX_NESTING = 50

const isNestedDeeper = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((inner) => isNestedDeeper(inner, levels - 1)))

/** PostgreSQL and git cannot hold a NUL byte in a text: it is refused here, for every argument there will be. */
function assertReadable(query: string | undefined, variables: Record<string, unknown> | undefined): void {
  if (query && NUL_IN_QUERY.test(query)) throw refuse('The query holds a NUL byte: a text must not')
  for (const [name, value] of Object.entries(variables ?? {})) {
    if (isNestedDeeper(value, MAX_NESTING))
      throw refuse(`Variable "$${name}" is nested more than ${MAX_NESTING} levels deep`)
    if (holdsNul(value)) throw refuse(`Variable "$${name}" holds a NUL byte: a text must not`)
  }
}

/** Refuses over-long queries before they are parsed, and reports no more than the first few validation errors. */
export function useGraphqlLimits(): Plugin {
  return {
    onParams({ params }) {
      const length = params.query?.length ?? 0
      if (length > MAX_QUERY_CHARACTERS) {
        throw refuse(`The query has ${length} characters, which exceeds the maximum of ${MAX_QUERY_CHARACTERS}`)
      }
      assertReadable(params.query, params.variables)
    },
    onValidate({ setValidationFn }) {
      setValidationFn((schema, document, rules) =>
        validate(schema, document, rules, { maxErrors: MAX_VALIDATION_ERRORS }),
      )
    },
  }
}
