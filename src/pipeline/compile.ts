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

/** Queries, and mutations of one field: of several, each must end before the next begins. Defaults reach a mutation as JSON has them. */
function isPlain({ operation, selectionSet: { selections }, variableDefinitions }: OperationDefinitionNode): boolean {
  if (operation !== 'mutation') return operation === 'query'
  const isOneField = selections.length === 1 && selections[0]?.kind === Kind.FIELD
  return isOneField && (variableDefinitions ?? []).every(({ defaultValue }) => !defaultValue)
}

/** The operation as a function; null where the compiler and the specification differ, or the compiler does not know how. */
export function compile(
  schema: GraphQLSchema,
  { document, node, asksForSchema }: Pick<Operation, 'document' | 'node' | 'asksForSchema'>,
): Run | null {
  // What the schema says of itself are texts in memory: a function for them would be large and hardly faster.
  if (asksForSchema || !isPlain(node) || hasDirectives(document) || hasVariablesInside(document)) return null
  const compiled = compileQuery(schema, document, node.name?.value ?? '', { disablingCapturingStackErrors: true })
  if (!isCompiledQuery(compiled)) return null
  return (context, variables, root) => compiled.query(root, context, variables)
}
