// The cost of introspection. Its lists have no pages, so a list counts with the average number of its values in the schema. A
// value costs a small part of a row's field, because it is in memory.
import { type GraphQLSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType, isUnionType } from 'graphql'

/** Divided by the number of types, so that the query of any tool, which asks for everything once, costs about 110. */
const COST_PER_VALUE = 0.36

export type Weight = {
  own: number
  /** The factor of the cost of its selections. */
  times: number
  /** The levels that the field adds. `ofType` adds none, because tools nest it nine levels deep to read wrapped types. */
  depth: 0 | 1
}

const average = (numbers: readonly number[], types: number) =>
  Math.max(1, numbers.reduce((sum, number) => sum + number, 0) / types)

function countLists(schema: GraphQLSchema): Record<string, number> {
  const types = Object.values(schema.getTypeMap())
  const withFields = types.filter((type) => isObjectType(type) || isInterfaceType(type))
  const fields = withFields.flatMap((type) => Object.values(type.getFields()))
  const inputs = types.filter(isInputObjectType)
  const ofTypes = (counts: readonly number[]) => average(counts, types.length)
  return {
    '__Schema.types': types.length,
    '__Schema.directives': schema.getDirectives().length,
    '__Type.fields': ofTypes([fields.length]),
    '__Type.inputFields': ofTypes(inputs.map((type) => Object.keys(type.getFields()).length)),
    '__Type.enumValues': ofTypes(types.filter(isEnumType).map((type) => type.getValues().length)),
    '__Type.interfaces': ofTypes(withFields.map((type) => type.getInterfaces().length)),
    '__Type.possibleTypes': ofTypes(
      types.map((type) => (isInterfaceType(type) || isUnionType(type) ? schema.getPossibleTypes(type).length : 0)),
    ),
    '__Field.args': average(
      fields.map(({ args }) => args.length),
      fields.length,
    ),
    '__Directive.args': average(
      schema.getDirectives().map(({ args }) => args.length),
      schema.getDirectives().length,
    ),
    '__Directive.locations': 5,
  }
}

const known = new WeakMap<GraphQLSchema, ReadonlyMap<string, Weight>>()

/** The weights by type and field, such as `__Type.fields`. */
export function introspectionWeights(schema: GraphQLSchema): ReadonlyMap<string, Weight> {
  const found = known.get(schema)
  if (found) return found
  const lists = countLists(schema)
  const own = COST_PER_VALUE / Object.keys(schema.getTypeMap()).length
  const weights = new Map<string, Weight>()
  for (const [typeName, type] of Object.entries(schema.getTypeMap())) {
    if (!typeName.startsWith('__') || !isObjectType(type)) continue
    for (const name of Object.keys(type.getFields())) {
      const place = `${typeName}.${name}`
      weights.set(place, { own, times: lists[place] ?? 1, depth: name === 'ofType' ? 0 : 1 })
    }
  }
  known.set(schema, weights)
  return weights
}
