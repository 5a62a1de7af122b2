import { complexityFromQuery } from '@pothos/plugin-complexity'
import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  execute,
  GraphQLError,
  getOperationAST,
  Kind,
} from 'graphql'
import { isAsyncIterable, mapAsyncIterator, type Plugin } from 'graphql-yoga'
import type { Context } from '../context.ts'
import { complexityLimit, tooCostly, tooDeep } from '../limits.ts'
import { countSubscriptions, type OpenSubscription } from './open-subscriptions.ts'

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

async function subscribe(args: ExecutionArgs, opened: OpenSubscription) {
  assertWithinLimits(args)
  const close = opened(args.contextValue as Context)
  const closeAndFail = (error: unknown): never => {
    close()
    throw error
  }
  const source = await createSourceEventStream(args).catch(closeAndFail)
  if (!(Symbol.asyncIterator in source)) {
    close()
    return source
  }
  const tell = (event: Event) => execute({ ...args, rootValue: event, contextValue: event.context })
  return mapAsyncIterator(source as AsyncIterableIterator<Event>, tell, closeAndFail, close)
}

const inBatch = () =>
  new GraphQLError('A subscription cannot be part of a batch: send it alone', { extensions: { code: 'INVALID' } })

function end(stream: AsyncIterable<unknown>): void {
  void stream[Symbol.asyncIterator]().return?.()
}

/** Each event of a subscription brings a context of its own: nothing loaded or decided for an earlier one counts. */
export function useSubscriptions(): Plugin {
  const opened = countSubscriptions()
  return {
    onSubscribe({ setSubscribeFn }) {
      setSubscribeFn((args: ExecutionArgs) => subscribe(args, opened))
    },
    // Yoga forgets a stream that it cannot send: one in a batch, and one for a client that takes no server-sent events.
    onResultProcess({ result, resultProcessor, setResult }) {
      if (isAsyncIterable(result)) {
        if (!resultProcessor) end(result)
      } else if (Array.isArray(result)) {
        for (const one of result) if (isAsyncIterable(one)) end(one)
        setResult(result.map((one) => (isAsyncIterable(one) ? { errors: [inBatch()] } : one)))
      }
    },
  }
}
