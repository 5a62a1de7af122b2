import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  Lexer,
  type OperationDefinitionNode,
  parse,
  Source,
  TokenKind,
  validate,
  visit,
} from 'graphql'
import {
  MAX_QUERY_CHARACTERS,
  MAX_QUERY_NESTING,
  MAX_QUERY_TOKENS,
  MAX_VALIDATION_ERRORS,
} from '../foundation/limits.ts'
import { invalidRequest, refused } from './refusal.ts'

const OPENING: ReadonlySet<string> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L])
const CLOSING: ReadonlySet<string> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R])

/**
 * Bounds the levels of nesting, because the parser recurses for each level without a bound. The quick count of brackets comes
 * first, because most texts have fewer brackets than the bound.
 */
function assertNotNested(text: string): void {
  if ((text.match(/[{[(]/g)?.length ?? 0) <= MAX_QUERY_NESTING) return
  const lexer = new Lexer(new Source(text))
  let level = 0
  for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
    if (OPENING.has(token.kind)) level += 1
    else if (CLOSING.has(token.kind)) level -= 1
    if (level > MAX_QUERY_NESTING) throw invalidRequest(`The query is nested deeper than ${MAX_QUERY_NESTING} levels`)
  }
}

/** Throws the error of a wrong text, with its status in GraphQL over HTTP. */
export function parseText(text: string): DocumentNode {
  if (text.length > MAX_QUERY_CHARACTERS) {
    throw invalidRequest(
      `The query has ${text.length} characters, which exceeds the maximum of ${MAX_QUERY_CHARACTERS}`,
    )
  }
  try {
    assertNotNested(text)
    return parse(text, { maxTokens: MAX_QUERY_TOKENS })
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    throw refused(error, { code: 'GRAPHQL_PARSE_FAILED', status: 400, spec: true })
  }
}

export function chosenOperation(document: DocumentNode, operationName: string | null): OperationDefinitionNode {
  const operation = getOperationAST(document, operationName)
  if (operation) return operation
  throw refused(new GraphQLError('Could not determine what operation to execute.'), {
    code: 'OPERATION_RESOLUTION_FAILURE',
    status: 400,
  })
}

/** The first few errors of the document; empty for a valid document. */
export const validationErrors = (schema: GraphQLSchema, document: DocumentNode): GraphQLError[] =>
  validate(schema, document, undefined, { maxErrors: MAX_VALIDATION_ERRORS }).map((error) =>
    refused(error, { code: 'GRAPHQL_VALIDATION_FAILED', status: 400, spec: true }),
  )

/** Whether the document contains introspection. */
export function asksForSchema(document: DocumentNode): boolean {
  let found = false
  visit(document, {
    [Kind.FIELD]({ name }) {
      found ||= name.value === '__schema' || name.value === '__type'
    },
  })
  return found
}
