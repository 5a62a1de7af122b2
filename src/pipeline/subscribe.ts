import { createSourceEventStream, type ExecutionResult, execute, type GraphQLSchema } from 'graphql'
import { mapAsyncIterator } from 'graphql-yoga'
import type { Context } from '../context/context.ts'
import type { OpenSubscription } from '../request/open-subscriptions.ts'
import type { RequestScope } from '../request/request-scope.ts'
import type { Operation } from './known-operations.ts'
import { NotRun } from './refusal.ts'
import { tellError, tellErrors } from './tell-errors.ts'

type Event = { context: Context }

/**
 * Opens the events of a subscription. Throws NotRun with the errors when it cannot start. Each event has a context of its own, so
 * that nothing that was loaded or decided for an earlier event counts.
 */
export async function subscribeTo(
  schema: GraphQLSchema,
  { document, node }: Operation,
  context: Context,
  variables: Readonly<Record<string, unknown>>,
  { opened, scope }: { opened: OpenSubscription; scope: RequestScope },
): Promise<AsyncIterableIterator<ExecutionResult>> {
  const close = opened(context)
  const closeAndFail = (error: unknown): never => {
    close()
    throw error
  }
  const args = { schema, document, operationName: node.name?.value, variableValues: variables }
  const source = await createSourceEventStream({ ...args, contextValue: context }).catch(closeAndFail)
  if (!(Symbol.asyncIterator in source)) {
    close()
    throw new NotRun(source.errors ?? [])
  }
  const tell = async (event: Event) =>
    tellErrors(await execute({ ...args, rootValue: event, contextValue: event.context }), scope)
  const tellAndEnd = (error: unknown): ExecutionResult => {
    close()
    return { errors: [tellError(error, scope)] }
  }
  return mapAsyncIterator(source as AsyncIterableIterator<Event>, tell, tellAndEnd, close)
}
