import { type ExecutionResult, execute, type GraphQLError, type GraphQLSchema } from 'graphql'
import type { Context } from '../context/context.ts'
import type { Operation } from './known-operations.ts'
import { NotRun } from './refusal.ts'

type Variables = Readonly<Record<string, unknown>>

async function runCompiled(
  { compiled }: Operation,
  context: Context,
  variables: Variables,
): Promise<ExecutionResult | null> {
  try {
    const result = await compiled?.(context, variables)
    // Without data the variables are wrong and nothing has run. The interpreter then reports the error as specified.
    return result?.data === undefined ? null : result
  } catch (error) {
    return { data: null, errors: [error as GraphQLError] }
  }
}

/** Runs the operation once. Throws NotRun when its variables are wrong. */
export async function executeOperation(
  schema: GraphQLSchema,
  operation: Operation,
  context: Context,
  variables: Variables,
): Promise<ExecutionResult> {
  const result = operation.compiled && (await runCompiled(operation, context, variables))
  if (result) return result
  const { document, node } = operation
  const interpreted = await execute({
    ...{ schema, document, contextValue: context, variableValues: variables },
    operationName: node.name?.value,
  })
  if (interpreted.data === undefined) throw new NotRun(interpreted.errors ?? [])
  return interpreted
}
