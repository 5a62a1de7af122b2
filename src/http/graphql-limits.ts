import { GraphQLError, validate } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { MAX_QUERY_CHARACTERS, MAX_VALIDATION_ERRORS } from '../limits.ts'

/** Refuses over-long queries before they are parsed, and reports no more than the first few validation errors. */
export function useGraphqlLimits(): Plugin {
  return {
    onParse({ params }) {
      const { length } = String(params.source)
      if (length <= MAX_QUERY_CHARACTERS) return
      throw new GraphQLError(`Query has ${length} characters, which exceeds the maximum of ${MAX_QUERY_CHARACTERS}`, {
        extensions: { code: 'INVALID' },
      })
    },
    onValidate({ setValidationFn }) {
      setValidationFn((schema, document, rules) =>
        validate(schema, document, rules, { maxErrors: MAX_VALIDATION_ERRORS }),
      )
    },
  }
}
