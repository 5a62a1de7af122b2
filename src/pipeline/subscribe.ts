import { createSourceEventStream, type ExecutionResult, execute, type GraphQLSchema } from 'graphql'
import { mapAsyncIterator } from 'graphql-yoga'
import type { Context } from '../context/context.ts'
import type { OpenSubscription } from '../request/open-subscriptions.ts'
import type { RequestScope } from '../request/request-scope.ts'
import type { Operation } from './known-operations.ts'
import { maskError, masked } from './mask.ts'
import { NotRun } from './refusal.ts'

type Event = { context: Context }

/**
 * The events of a subscription; throws NotRun with the reasons for which there are none. Each event brings a context of its own:
 * nothing loaded or decided for an earlier one counts.
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
    masked(await execute({ ...args, rootValue: event, contextValue: event.context }), scope)
  const tellAndEnd = (error: unknown): ExecutionResult => {
    close()
    return { errors: [maskError(error, scope)] }
  }
  return mapAsyncIterator(source as AsyncIterableIterator<Event>, tell, tellAndEnd, close)
}
