// Which answers may be kept: those of queries all of whose fields say so (the field option `kept`, `graphql/field-options.ts`).
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getArgumentValues,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { isCarrier } from '../rows/page.ts'

/** A carrier holds nothing of its own. */
const isKept = (type: GraphQLNamedType | null | undefined, field: GraphQLField<unknown, unknown> | null | undefined) =>
  field?.name === '__typename' || isCarrier(type?.name ?? '') || (isObjectType(type) && field?.extensions.kept === true)

export function hasKeptFieldsOnly(schema: GraphQLSchema, document: DocumentNode): boolean {
  const types = new TypeInfo(schema)
  let all = true
  visit(
    document,
    visitWithTypeInfo(types, {
      Field() {
        all &&= isKept(types.getParentType(), types.getFieldDef())
      },
    }),
  )
  return all
}

function rootFields({ selectionSet }: OperationDefinitionNode): FieldNode[] | null {
  const fields = selectionSet.selections.filter((node) => node.kind === Kind.FIELD)
  return fields.length === selectionSet.selections.length ? fields : null
}

/** The paths of the projects in an answer; null when the variables are wrong. */
export type ProjectPaths = (variables: Readonly<Record<string, unknown>>) => string[] | null

/** The paths of the projects that a valid query reads; null when its answer cannot be kept. */
export function projectPathsOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): ProjectPaths | null {
  if (operation.operation !== 'query') return null
  const fields = rootFields(operation)?.filter(({ name }) => name.value !== '__typename')
  const definition = schema.getQueryType()?.getFields().project
  if (!fields?.length || !definition || !hasKeptFieldsOnly(schema, document)) return null
  return (variables) => {
    try {
      return fields.map((node) => String(getArgumentValues(definition, node, variables).fullPath))
    } catch {
      // The variables are wrong. Running the operation reports it.
      return null
    }
  }
}
