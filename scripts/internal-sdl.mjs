import { GraphQLObjectType, lexicographicSortSchema, printType } from 'graphql'

function extensionOf(type, served) {
  const { fields, ...config } = type.toConfig()
  const own = Object.fromEntries(Object.entries(fields).filter(([name]) => !served.getFields()[name]))
  if (Object.keys(own).length === 0) return []
  const { description: _, ...bare } = config
  return [`extend ${printType(new GraphQLObjectType({ ...bare, interfaces: [], fields: own }))}`]
}

/** What only the internal schema has, as SDL: types, and fields of types that the served schema has, too. */
export function printInternal(internal, served) {
  const types = Object.values(lexicographicSortSchema(internal).getTypeMap())
  const printed = types.flatMap((type) => {
    const known = served.getType(type.name)
    if (!known) return [printType(type)]
    return type instanceof GraphQLObjectType && known instanceof GraphQLObjectType ? extensionOf(type, known) : []
  })
  return `${printed.join('\n\n')}\n`
}
