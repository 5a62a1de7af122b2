import { complexityFromQuery } from '@pothos/plugin-complexity'
import { createSourceEventStream, type DocumentNode, type ExecutionArgs, execute, getOperationAST, Kind } from 'graphql'
import { mapAsyncIterator, type Plugin } from 'graphql-yoga'
import type { Context } from '../context.ts'
import { complexityLimit, tooCostly, tooDeep } from '../limits.ts'

type Event = { context: Context }

/** The limits plugin measures a subscription when its first event comes; here it is refused at once. */
function assertWithinLimits({ schema, document, operationName, variableValues, contextValue }: ExecutionArgs): void {
  const operation = getOperationAST(document, operationName)
  if (!operation) return
  // Measured is the first operation of a document.
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION)
  const chosen: DocumentNode = { ...document, definitions: [operation, ...fragments] }
  const context = contextValue as Context
  const measured = complexityFromQuery(chosen, { schema, variables: { ...variableValues }, ctx: context })
  const { complexity, depth } = complexityLimit(context)
  const limits = { maxComplexity: complexity, maxDepth: depth }
  if (measured.depth > depth) throw tooDeep({ ...measured, ...limits })
  if (measured.complexity > complexity) throw tooCostly({ ...measured, ...limits })
}

async function subscribe(args: ExecutionArgs) {
  assertWithinLimits(args)
  const source = await createSourceEventStream(args)
  if (!(Symbol.asyncIterator in source)) return source
  return mapAsyncIterator(source as AsyncIterableIterator<Event>, (event) =>
    execute({ ...args, rootValue: event, contextValue: event.context }),
  )
}

/** Each event of a subscription brings a context of its own: nothing loaded or decided for an earlier one counts. */
export function useSubscriptions(): Plugin {
  return {
    onSubscribe({ setSubscribeFn }) {
      setSubscribeFn(subscribe)
    },
  }
}
