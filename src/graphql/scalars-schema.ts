import { GraphQLError, GraphQLScalarType, Kind } from 'graphql'
import { GraphQLJSON } from 'graphql-scalars'
import { idScalars, parseNumericId } from '../foundation/global-id.ts'
import { TimeScalar } from '../foundation/time.ts'
import { builder } from './builder.ts'

builder.addScalarType('Time', TimeScalar)
builder.addScalarType('JSON', GraphQLJSON, { description: 'Any JSON value.' })

function idScalar(name: string, className: string) {
  const coerce = (value: unknown) => {
    if (typeof value !== 'string') throw new GraphQLError(`${name} cannot represent a value that is not a string`)
    return parseNumericId(value, className)
  }
  return new GraphQLScalarType({
    name,
    description: `A global ID of the form \`gid://gitlab/${className}/1\`.`,
    serialize: (id) => `gid://gitlab/${className}/${id}`,
    parseValue: coerce,
    parseLiteral: (node) => coerce(node.kind === Kind.STRING ? node.value : undefined),
  })
}

for (const [name, className] of Object.entries(idScalars)) {
  builder.addScalarType(name as keyof typeof idScalars, idScalar(name, className))
}
