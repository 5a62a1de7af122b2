import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ExecutionResult, GraphQLError } from 'graphql'
import { createYoga, type GraphQLParams, getSSEProcessor, isAsyncIterable, type Plugin } from 'graphql-yoga'
import { MAX_BATCH } from '../../foundation/limits.ts'
import { KeyRefusal } from '../../idempotency/answer-once.ts'
import { maskRefusal } from '../../pipeline/mask.ts'
import { keyRefusalError } from '../../pipeline/mutate-once.ts'
import type { OperationRequest } from '../../pipeline/operation-request.ts'
import type { Asker, Outcome, Pipeline } from '../../pipeline/pipeline.ts'
import { refused } from '../../pipeline/refusal.ts'
import { IDEMPOTENCY_KEY } from '../../request/idempotency-headers.ts'
import { scopeOf } from '../../request/request-scope.ts'

/** What Yoga gets with a request. */
type YogaContext = { req: IncomingMessage; res: ServerResponse; asker: Asker; isBatch?: boolean }

export const GRAPHQL_PATH = '/graphql'

/** Yoga sends what `stringify` returns. */
type YogaResult = ExecutionResult & { stringify?: () => string }

const inBatch = () =>
  refused(new GraphQLError('A subscription cannot be part of a batch: send it alone'), { code: 'INVALID', status: 200 })

const notAcceptable = () =>
  refused(new GraphQLError('A subscription is answered with server-sent events: send Accept: text/event-stream'), {
    ...{ code: 'INVALID', status: 406 },
  })

const takesEvents = ({ headers }: IncomingMessage): boolean =>
  /(?:^|,)\s*(?:text\/event-stream|text\/\*|\*\/\*)/i.test(headers.accept ?? '*/*')

function resultOf(outcome: Outcome, isBatch: boolean): YogaResult | AsyncIterableIterator<ExecutionResult> {
  if (outcome.kind === 'events') return outcome.events
  if (outcome.kind === 'refusal') return { errors: outcome.errors }
  if (outcome.kind === 'needs events') return { errors: [isBatch ? inBatch() : notAcceptable()] }
  const { json, headers } = outcome
  return { ...(headers ? { extensions: { http: { headers } } } : {}), stringify: () => json.toString() }
}

function requestOf(
  { query, operationName, variables, extensions }: GraphQLParams,
  context: YogaContext,
): OperationRequest {
  const { req, isBatch } = context
  const key = req.headers[IDEMPOTENCY_KEY]
  return {
    query: query || null,
    operationName: operationName || null,
    variables: variables ?? {},
    extensions: extensions ?? {},
    method: req.method ?? '',
    idempotencyKey: typeof key === 'string' ? key : null,
    takesEvents: !isBatch && takesEvents(req),
  }
}

/** Takes the place of Yoga's own parsing, validation and execution. */
function usePipeline(pipeline: Pipeline): Plugin<object, YogaContext> {
  return {
    onRequestParse: ({ serverContext }) => ({
      onRequestParseDone({ requestParserResult }) {
        if (!Array.isArray(requestParserResult)) return
        if (serverContext.req.headers[IDEMPOTENCY_KEY] !== undefined) throw keyRefusalError(new KeyRefusal('batch'))
        if (requestParserResult.length === 0) {
          throw refused(new GraphQLError('The batch is empty: send one operation at least'), {
            code: 'INVALID',
            status: 400,
          })
        }
        serverContext.isBatch = true
      },
    }),
    onParams({ params, context, setParams, setParamsHandler }) {
      // An operation that is named by its hash alone gets an empty query, because Yoga does not know such operations.
      if (params.query == null && params.extensions?.persistedQuery) setParams({ ...params, query: '' })
      const yogaContext = context as unknown as YogaContext
      setParamsHandler(async (payload) => {
        const outcome = await pipeline(yogaContext.asker, requestOf(payload.params, yogaContext))
        return resultOf(outcome, yogaContext.isBatch ?? false)
      })
    },
  }
}

/** Masks the errors that Yoga found before there was an operation, and sends events. */
function useAnswers(): Plugin<object, YogaContext> {
  const sendEvents = getSSEProcessor()
  return {
    onResultProcess({ result, setResult, setResultProcessor, serverContext }) {
      if (isAsyncIterable(result)) return setResultProcessor(sendEvents, 'text/event-stream')
      const scope = scopeOf(serverContext.req)
      const masked = (one: ExecutionResult) =>
        one.errors ? { ...one, errors: one.errors.map((error) => maskRefusal(error, scope)) } : one
      setResult(Array.isArray(result) ? result.map(masked) : masked(result as ExecutionResult))
    },
  }
}

/** Answers requests that are not one plain operation. The body has been read already. */
export function createYogaListener(pipeline: Pipeline) {
  const yoga = createYoga<YogaContext>({
    graphqlEndpoint: GRAPHQL_PATH,
    landingPage: false,
    logging: false,
    multipart: false,
    batching: { limit: MAX_BATCH },
    maskedErrors: false,
    parserAndValidationCache: false,
    cors: false,
    graphiql: false,
    plugins: [usePipeline(pipeline), useAnswers()],
  })
  return (request: IncomingMessage & { body?: string }, response: ServerResponse, asker: Asker): void =>
    void yoga.handle(request, response, { asker } as YogaContext)
}
