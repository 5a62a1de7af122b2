import {
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  getArgumentValues,
  getNamedType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql'
import type { Context } from '../context/context.ts'
import {
  addPrefetch,
  type LookAhead,
  type Prefetch,
  type PrefetchExtension,
  type ReadsExtension,
  type RowTypes,
  type Wants,
  wantsOf,
} from './prefetch.ts'

/** `whole`: some field may read any field of the row. */
type Found = { fields: Set<string>; whole: boolean; cursors: boolean; prefetch: Map<string, Prefetch> }
type Asked = { info: GraphQLResolveInfo; context: Context }
type Search = { asked: Asked; types: RowTypes; found: Found }

type Field = GraphQLField<unknown, unknown>
type Extensions = Partial<PrefetchExtension & ReadsExtension & { pothosExposedField: string }>

function prefetchOf(field: Field, node: FieldNode, asked: Asked): Prefetch | null {
  const { prefetch } = field.extensions as Extensions
  if (!prefetch) return null
  const below: LookAhead = (types) => searchBelow([node], field.type, asked, types)
  try {
    return prefetch(getArgumentValues(field, node, asked.info.variableValues), below, asked.context)
  } catch {
    // Wrong arguments are the field's to refuse.
    return null
  }
}

/** The global ID is made of the id, which is always read. */
function readsOf({ name, extensions }: Field): readonly string[] | null {
  if (name === 'id') return []
  const { reads, pothosExposedField } = extensions as Extensions
  return reads ?? (pothosExposedField === undefined ? null : [pothosExposedField])
}

function searchField(type: GraphQLObjectType, node: FieldNode, search: Search): void {
  const { asked, types, found } = search
  const field = type.getFields()[node.name.value]
  if (!field) return
  const prefetch = prefetchOf(field, node, asked)
  if (prefetch) addPrefetch(found.prefetch, prefetch)
  const below = getNamedType(field.type)
  if (node.selectionSet && isObjectType(below) && (types.rows.has(below.name) || types.holders.has(below.name))) {
    searchSelections(below, node.selectionSet, search)
  } else if (/cursor$/i.test(field.name)) {
    found.cursors = true
  } else if (types.rows.has(type.name)) {
    const reads = readsOf(field)
    if (!reads) found.whole = true
    else for (const name of reads) found.fields.add(name)
  }
}

function searchSelections(type: GraphQLObjectType, selections: SelectionSetNode, search: Search): void {
  for (const node of selections.selections) {
    if (node.kind === Kind.FIELD) {
      searchField(type, node, search)
    } else {
      const inside = node.kind === Kind.INLINE_FRAGMENT ? node : search.asked.info.fragments[node.name.value]
      if (inside) searchSelections(type, inside.selectionSet, search)
    }
  }
}

function searchBelow(nodes: readonly FieldNode[], returnType: GraphQLOutputType, asked: Asked, types: RowTypes): Wants {
  const type = getNamedType(returnType)
  const found: Found = { fields: new Set(), whole: false, cursors: false, prefetch: new Map() }
  for (const { selectionSet } of nodes) {
    if (selectionSet && isObjectType(type)) searchSelections(type, selectionSet, { asked, types, found })
  }
  const { fields, whole, cursors, prefetch } = found
  return wantsOf({ fields: whole ? null : fields, cursors, prefetch: [...prefetch.values()] })
}

/** What the fields below this one want of the rows that it gives. */
export function lookAhead(info: GraphQLResolveInfo, types: RowTypes, context: Context): Wants {
  return searchBelow(info.fieldNodes, info.returnType, { info, context }, types)
}
