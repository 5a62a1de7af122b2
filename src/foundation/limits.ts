/** PostgreSQL's integer: no id or number is larger. */
export const MAX_INTEGER = 2 ** 31 - 1

// The limits of one GraphQL operation (docs/contract/limits.md#one-operation-of-graphql).

export const MAX_PAGE_SIZE = 100
export const MAX_QUERY_CHARACTERS = 10_000
/** A token is a name, number, string or punctuator. The longest queries that people write have half as many. */
export const MAX_QUERY_TOKENS = 5_000
/** Levels of braces, brackets and parentheses. The limits on the depth of fields and arguments are lower. */
export const MAX_QUERY_NESTING = 100
export const MAX_VALIDATION_ERRORS = 5
export const MAX_BATCH = 10
/** The size of the values in one answer before they are serialised; see `src/context/answer-size.ts`. */
export const MAX_ANSWER_BYTES = 20_000_000
