// What one operation may ask for (contract/graphql.md 1).

export const MAX_PAGE_SIZE = 100
export const MAX_QUERY_CHARACTERS = 10_000
/** Names, numbers, texts and signs: a text of that length that people write has half as many. */
export const MAX_QUERY_TOKENS = 5_000
/** Braces, brackets and parentheses in each other: above what the depth of fields and of arguments allows. */
export const MAX_QUERY_NESTING = 100
export const MAX_VALIDATION_ERRORS = 5
export const MAX_BATCH = 10
/** Of what one answer is made of, before it is serialised; see `answer-size`. */
export const MAX_ANSWER_BYTES = 20_000_000
