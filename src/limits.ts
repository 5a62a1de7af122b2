// What one query may ask for (contract/graphql.md 1).
import { type GraphQLField, type GraphQLSchema, getNamedType, isInterfaceType, isObjectType } from 'graphql'
import type { Context } from './context.ts'
import { type AppError, invalid } from './errors.ts'

export const MAX_PAGE_SIZE = 100
export const MAX_QUERY_CHARACTERS = 10_000
export const MAX_VALIDATION_ERRORS = 5
export const MAX_BATCH = 10
/** Of what one answer is made of, before it is serialised; see `answer-size`. */
export const MAX_ANSWER_BYTES = 20_000_000

/** What a page of n rows adds to the cost of its fields: a full page doubles it. */
const COST_PER_ROW = 0.01

const ONE = { field: 1, multiplier: 1 }

const isConnection = ({ type }: GraphQLField<unknown, Context>) => getNamedType(type).name.endsWith('Connection')

/** Every field costs 1; a connection weighs what is inside by its page size. */
export function fieldComplexity(
  args: Record<string, unknown>,
  _context: Context,
  field: GraphQLField<unknown, Context>,
) {
  if (!isConnection(field)) return ONE
  const asked = Number(args.first ?? args.last ?? MAX_PAGE_SIZE)
  const rows = Number.isInteger(asked) ? Math.min(Math.max(asked, 0), MAX_PAGE_SIZE) : MAX_PAGE_SIZE
  return { field: 1, multiplier: 1 + rows * COST_PER_ROW }
}

/** Where it does not depend on arguments it is no function, for which those of every field of a query would be read first. */
export function withFixedComplexity(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue
    for (const field of Object.values(type.getFields())) {
      const { extensions } = field
      if (extensions.complexity === fieldComplexity && !isConnection(field))
        field.extensions = { ...extensions, complexity: ONE }
    }
  }
  return schema
}

type Measured = { complexity: number; maxComplexity?: number; depth: number; maxDepth?: number }

export const tooDeep = ({ depth, maxDepth }: Measured): AppError =>
  invalid(`Query has depth of ${depth}, which exceeds max depth of ${maxDepth}`)

export const tooCostly = ({ complexity, maxComplexity }: Measured): AppError =>
  invalid(`Query has complexity of ${Math.ceil(complexity)}, which exceeds max complexity of ${maxComplexity}`)

export function complexityLimit({ viewer }: Context) {
  if (!viewer.user) return { complexity: 200, depth: 15 }
  return viewer.user.admin ? { complexity: 300, depth: 20 } : { complexity: 250, depth: 20 }
}
