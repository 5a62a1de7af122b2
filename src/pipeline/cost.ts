// Measures the cost of an operation before it is compiled or run. A selection set is measured once for each type on which it is
// read, however often fragments use it, because a text of 10,000 characters can ask for billions of fields.
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionNode,
  type SelectionSetNode,
  TypeMetaFieldDef,
  type ValueNode,
} from 'graphql'
import { MAX_PAGE_SIZE } from '../foundation/limits.ts'
import { introspectionWeights } from './introspection-cost.ts'

/** Each row of a page adds this share of its fields' cost, so a full page doubles the cost. */
const COST_PER_ROW = 0.01

export type Measure = {
  /** A field costs 1 or its extension `cost`, plus the cost of its selections, weighted by the size of its page. */
  cost: number
  /** Levels of fields. */
  depth: number
  /** The number of fields, with fragments expanded. */
  fields: number
}

export type MeasureOperation = (variables: Readonly<Record<string, unknown>>) => Measure

const NOTHING: Measure = { cost: 0, depth: 0, fields: 0 }
const META_FIELDS = new Map([SchemaMetaFieldDef, TypeMetaFieldDef].map((field) => [field.name, field]))

type Variables = Readonly<Record<string, unknown>>

/** Takes a page size that is not from 0 to 100 for a full page. The list itself refuses it later. */
const rowsOf = (asked: unknown): number =>
  typeof asked === 'number' && asked >= 0 && asked <= MAX_PAGE_SIZE ? asked : MAX_PAGE_SIZE

/** A variable that is null means the argument's default, which is a full page. */
const givenValue = (name: string, variables: Variables, defaults: Variables): unknown =>
  Object.hasOwn(variables, name) ? variables[name] : defaults[name]

class Measuring {
  readonly #schema: GraphQLSchema
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly #weights: ReturnType<typeof introspectionWeights>
  readonly #defaults: Variables
  readonly #variables: Variables
  readonly #measured = new Map<SelectionSetNode, Map<string, Measure>>()
  /** The variables that set page sizes. Requests with the same values of these variables have the same measure. */
  readonly sizes = new Set<string>()

  constructor(schema: GraphQLSchema, document: DocumentNode, defaults: Variables, variables: Variables) {
    this.#schema = schema
    this.#weights = introspectionWeights(schema)
    this.#defaults = defaults
    this.#variables = variables
    const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION)
    this.#fragments = new Map(fragments.map((fragment) => [fragment.name.value, fragment]))
  }

  /** Counts an unknown type or field like any other. The validation refuses it later. */
  selections(set: SelectionSetNode, typeName: string): Measure {
    const ofSet = this.#measured.get(set) ?? new Map<string, Measure>()
    this.#measured.set(set, ofSet)
    const known = ofSet.get(typeName)
    if (known) return known
    // A fragment inside itself adds nothing. The validation refuses it later.
    ofSet.set(typeName, NOTHING)
    const total = { ...NOTHING }
    for (const node of set.selections) {
      const { cost, depth, fields } = this.#selection(node, typeName)
      total.cost += cost
      total.depth = Math.max(total.depth, depth)
      total.fields += fields
    }
    ofSet.set(typeName, total)
    return total
  }

  #selection(node: SelectionNode, typeName: string): Measure {
    if (node.kind === Kind.FIELD) return this.#field(node, typeName)
    const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : this.#fragments.get(node.name.value)
    return fragment ? this.selections(fragment.selectionSet, fragment.typeCondition?.name.value ?? typeName) : NOTHING
  }

  #field(node: FieldNode, typeName: string): Measure {
    const type = this.#schema.getType(typeName)
    const fields = isObjectType(type) || isInterfaceType(type) ? type.getFields() : {}
    const field = fields[node.name.value] ?? META_FIELDS.get(node.name.value)
    const inner = field ? getNamedType(field.type).name : ''
    const below = node.selectionSet ? this.selections(node.selectionSet, inner) : NOTHING
    const weight = this.#weights.get(`${typeName}.${node.name.value}`)
    const own = weight?.own ?? (typeof field?.extensions.cost === 'number' ? field.extensions.cost : 1)
    const times = weight?.times ?? (inner.endsWith('Connection') ? 1 + this.#pageSize(node) * COST_PER_ROW : 1)
    return { cost: own + below.cost * times, depth: (weight?.depth ?? 1) + below.depth, fields: 1 + below.fields }
  }

  #pageSize({ arguments: given = [] }: FieldNode): number {
    const values = given.filter(({ name }) => name.value === 'first' || name.value === 'last')
    return Math.max(...values.map(({ value }) => rowsOf(this.#number(value))), values.length === 0 ? MAX_PAGE_SIZE : 0)
  }

  #number(value: ValueNode): unknown {
    if (value.kind === Kind.INT) return Number(value.value)
    if (value.kind !== Kind.VARIABLE) return null
    this.sizes.add(value.name.value)
    return givenValue(value.name.value, this.#variables, this.#defaults)
  }
}

const defaultsOf = ({ variableDefinitions = [] }: OperationDefinitionNode) =>
  Object.fromEntries(
    variableDefinitions.flatMap(({ variable, defaultValue }) =>
      defaultValue?.kind === Kind.INT ? [[variable.name.value, Number(defaultValue.value)]] : [],
    ),
  )

/** The most measures that are remembered for one operation, one for each choice of page sizes. */
const MAX_KNOWN = 100

/** Measures one operation of a document, which need not be valid, once for each choice of page sizes. */
export function measureOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): MeasureOperation {
  const defaults = defaultsOf(operation)
  const root = schema.getRootType(operation.operation)?.name ?? ''
  const known = new Map<string, Measure>()
  let sizes: string[] | null = null
  const keyOf = (names: readonly string[], variables: Variables) =>
    names.map((name) => rowsOf(givenValue(name, variables, defaults))).join()
  return (variables) => {
    const found = sizes && known.get(keyOf(sizes, variables))
    if (found) return found
    const measuring = new Measuring(schema, document, defaults, variables)
    const measure = measuring.selections(operation.selectionSet, root)
    sizes = [...measuring.sizes]
    if (known.size < MAX_KNOWN) known.set(keyOf(sizes, variables), measure)
    return measure
  }
}
