import {
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  getArgumentValues,
  getNamedType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql'
import type { LookAhead, Prefetch, PrefetchExtension } from './prefetch.ts'

type Found = Map<string, Prefetch>

function declared(type: GraphQLObjectType, node: FieldNode, info: GraphQLResolveInfo): Prefetch | null {
  const field = type.getFields()[node.name.value]
  const { prefetch } = (field?.extensions ?? {}) as Partial<PrefetchExtension>
  if (!field || !prefetch) return null
  const below: LookAhead = (carriers) => searchBelow([node], field.type, info, carriers)
  try {
    return prefetch(getArgumentValues(field, node, info.variableValues), below)
  } catch {
    // Wrong arguments are the field's to refuse.
    return null
  }
}

function search(
  type: GraphQLObjectType,
  selections: SelectionSetNode,
  info: GraphQLResolveInfo,
  carriers: ReadonlySet<string>,
  found: Found,
) {
  for (const node of selections.selections) {
    if (node.kind === Kind.FIELD) {
      const prefetch = declared(type, node, info)
      if (prefetch) found.set(prefetch.key, prefetch)
      const below = getNamedType(type.getFields()[node.name.value]?.type)
      if (node.selectionSet && isObjectType(below) && carriers.has(below.name)) {
        search(below, node.selectionSet, info, carriers, found)
      }
    } else {
      const inside = node.kind === Kind.INLINE_FRAGMENT ? node : info.fragments[node.name.value]
      if (inside) search(type, inside.selectionSet, info, carriers, found)
    }
  }
}

/** What the fields below this one want read ahead. `carriers` are the types that stand for the row, or hold it. */
export function lookAhead(info: GraphQLResolveInfo, carriers: ReadonlySet<string>): Prefetch[] {
  return searchBelow(info.fieldNodes, info.returnType, info, carriers)
}

function searchBelow(
  nodes: readonly FieldNode[],
  returnType: GraphQLOutputType,
  info: GraphQLResolveInfo,
  carriers: ReadonlySet<string>,
): Prefetch[] {
  const type = getNamedType(returnType)
  const found: Found = new Map()
  for (const { selectionSet } of nodes) {
    if (selectionSet && isObjectType(type)) search(type, selectionSet, info, carriers, found)
  }
  return [...found.values()]
}
