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
import { isCarrier } from './page.ts'
import { addChild, type Child, type Plan, planOf } from './plan.ts'

/** What a field says in its options about what it reads (`graphql/field-options.ts`). */
export type ReadingOptions = {
  reads?: readonly string[]
  child?: (args: never, plan: Plan, context: Context) => Child
  sameRow?: true
}

type Field = GraphQLField<unknown, unknown>
type Asked = { info: GraphQLResolveInfo; context: Context }
/** `whole` means that some field may read any field of the row. */
type Found = { fields: Set<string>; whole: boolean; cursors: boolean; children: Map<string, Child> }
type Search = { asked: Asked; found: Found }

/** Pages by number carry rows too. Unlike carriers they have fields that say who may see them. */
const carriesRows = (type: string) => isCarrier(type) || type.endsWith('Page')

function childOf(field: Field, node: FieldNode, { info, context }: Asked): Child | null {
  const { child } = field.extensions as ReadingOptions
  if (!child) return null
  const plan = planOfNodes([node], field.type, { info, context })
  try {
    return child(getArgumentValues(field, node, info.variableValues) as never, plan, context)
  } catch {
    // The arguments are wrong, and the field itself refuses them.
    return null
  }
}

/** The fields of the row that a field reads; null: any of them. The global ID is made of the row's id, which is always read. */
function readsOf({ name, extensions }: Field): readonly string[] | null {
  if (name === 'id') return []
  const { reads, pothosExposedField } = extensions as ReadingOptions & { pothosExposedField?: string }
  return reads ?? (pothosExposedField === undefined ? null : [pothosExposedField])
}

function searchField(type: GraphQLObjectType, node: FieldNode, search: Search): void {
  const { asked, found } = search
  const field = type.getFields()[node.name.value]
  if (!field) return
  const below = getNamedType(field.type)
  const carrier = carriesRows(type.name)
  if (node.selectionSet && isObjectType(below) && (carrier || field.extensions.sameRow)) {
    searchSelections(below, node.selectionSet, search)
  } else if (carrier) {
    found.cursors ||= /cursor$/i.test(field.name)
  } else {
    const child = childOf(field, node, asked)
    if (child) addChild(found.children, child)
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

function planOfNodes(nodes: readonly FieldNode[], returnType: GraphQLOutputType, asked: Asked): Plan {
  const type = getNamedType(returnType)
  const found: Found = { fields: new Set(), whole: false, cursors: false, children: new Map() }
  for (const { selectionSet } of nodes) {
    if (selectionSet && isObjectType(type)) searchSelections(type, selectionSet, { asked, found })
  }
  const { fields, whole, cursors, children } = found
  return planOf({ fields: whole ? null : fields, cursors, children: [...children.values()] })
}

/** What the fields below a field read of the rows that the field gives. */
export const planBelow = (info: GraphQLResolveInfo, context: Context): Plan =>
  planOfNodes(info.fieldNodes, info.returnType, { info, context })
