import {
  type ASTNode,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  parse,
  type ValueNode,
  validate,
  visit,
} from 'graphql'
import { compileQuery, isCompiledQuery } from 'graphql-jit'
import { LRUCache } from 'lru-cache'
import type { Context } from '../../context.ts'
import { MAX_QUERY_CHARACTERS } from '../../limits.ts'
import { NUL_IN_QUERY } from '../graphql-limits.ts'
import { projectPathsOf } from './cached-fields.ts'

/** A document with one of its operations: parsed, valid, and compiled to a function. */
export type CompiledOperation = {
  run: (context: Context, variables: Record<string, unknown>) => Promise<ExecutionResult>
  isMutation: boolean
  /** The projects that its answer consists of; null when the answer cannot be kept. */
  projectPaths: ReturnType<typeof projectPathsOf>
}

/** Front ends send few different documents, and explorers many: some megabytes of functions in all. */
const MAX_COMPILED = 500

function holds(node: ASTNode, kind: Kind): boolean {
  let found = false
  visit(node, {
    [kind]() {
      found = true
    },
  })
  return found
}

/** The compiler's idea of `@skip` and `@include` on fragments is not that of the specification. */
const hasDirectives = (document: DocumentNode) => holds(document, Kind.DIRECTIVE)

/** To the compiler an absent variable inside an object is null, and not an absent field. */
function hasVariablesInside(document: DocumentNode): boolean {
  let found = false
  const search = (value: ValueNode) => {
    found ||= holds(value, Kind.VARIABLE)
  }
  visit(document, { [Kind.OBJECT]: search, [Kind.LIST]: search })
  return found
}

/**
 * A query, or a mutation of one field: of several, each must end before the next begins. Defaults of variables reach a mutation
 * as JSON has them; and one without variables has its values in its text, which hardly comes twice.
 */
function isPlain({ operation, selectionSet: { selections }, variableDefinitions }: OperationDefinitionNode): boolean {
  if (operation !== 'mutation') return operation === 'query'
  const isOneField = selections.length === 1 && selections[0]?.kind === Kind.FIELD
  return isOneField && !!variableDefinitions?.length && variableDefinitions.every(({ defaultValue }) => !defaultValue)
}

function compile(schema: GraphQLSchema, text: string, operationName: string | null): CompiledOperation | null {
  if (text.length > MAX_QUERY_CHARACTERS || NUL_IN_QUERY.test(text)) return null
  const document = parse(text)
  const operation = getOperationAST(document, operationName)
  if (!operation || !isPlain(operation)) return null
  if (hasDirectives(document) || hasVariablesInside(document) || validate(schema, document).length > 0) return null
  const compiled = compileQuery(schema, document, operationName ?? '', { disablingCapturingStackErrors: true })
  if (!isCompiledQuery(compiled)) return null
  return {
    run: async (context, variables) => compiled.query(undefined, context, variables),
    isMutation: operation.operation === 'mutation',
    projectPaths: operation.operation === 'query' ? projectPathsOf(schema, document, operationName) : null,
  }
}

/** Finds the function of an operation. Null stands for what is not plain, or wrong in any way: Yoga answers that. */
export function createOperationCompiler(schema: GraphQLSchema) {
  const known = new LRUCache<string, { operation: CompiledOperation | null }>({ max: MAX_COMPILED })
  const tryToCompile = (text: string, operationName: string | null) => {
    try {
      return compile(schema, text, operationName)
    } catch {
      return null
    }
  }
  return (text: string, operationName: string | null): CompiledOperation | null => {
    const key = `${operationName ?? ''}\n${text}`
    const found = known.get(key) ?? { operation: tryToCompile(text, operationName) }
    known.set(key, found)
    return found.operation
  }
}
