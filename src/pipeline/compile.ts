import {
  type ASTNode,
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type ValueNode,
  visit,
} from 'graphql'
import { compileQuery, isCompiledQuery } from 'graphql-jit'
import type { Operation, Run } from './known-operations.ts'

function holds(node: ASTNode, kind: Kind): boolean {
  let found = false
  visit(node, {
    [kind]() {
      found = true
    },
  })
  return found
}

/** Operations with directives are not compiled, because the compiler handles `@skip` and `@include` on fragments wrongly. */
const hasDirectives = (document: DocumentNode) => holds(document, Kind.DIRECTIVE)

/** Such operations are not compiled, because the compiler takes an absent variable inside an object for null. */
function hasVariablesInside(document: DocumentNode): boolean {
  let found = false
  const search = (value: ValueNode) => {
    found ||= holds(value, Kind.VARIABLE)
  }
  visit(document, { [Kind.OBJECT]: search, [Kind.LIST]: search })
  return found
}

/**
 * Compiles queries, and mutations of one field. The fields of a mutation must run one after the other, and the compiler passes
 * default values of variables to a mutation unparsed.
 */
function isPlain({ operation, selectionSet: { selections }, variableDefinitions }: OperationDefinitionNode): boolean {
  if (operation !== 'mutation') return operation === 'query'
  const isOneField = selections.length === 1 && selections[0]?.kind === Kind.FIELD
  return isOneField && (variableDefinitions ?? []).every(({ defaultValue }) => !defaultValue)
}

/** Compiles the operation to a function; null when the compiler would deviate from the specification or cannot compile it. */
export function compile(schema: GraphQLSchema, { document, node, asksForSchema }: Operation): Run | null {
  // Introspection reads texts in memory, for which a compiled function would be large and hardly faster.
  if (asksForSchema || !isPlain(node) || hasDirectives(document) || hasVariablesInside(document)) return null
  const compiled = compileQuery(schema, document, node.name?.value ?? '', { disablingCapturingStackErrors: true })
  if (!isCompiledQuery(compiled)) return null
  return (context, variables) => compiled.query(undefined, context, variables)
}
