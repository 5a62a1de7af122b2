import { createHash } from 'node:crypto'
import { type ExecutionResult, GraphQLError, getOperationAST, parse } from 'graphql'
import type { GraphQLParams, Plugin, YogaInitialContext } from 'graphql-yoga'
import type { Log } from '../log.ts'
import { assertMayWrite } from '../modules/access/assert-may-write.ts'
import {
  type Claim,
  type ClaimResult,
  claimKey,
  giveBackKey,
  type KeyedRequest,
  keepAnswer,
} from '../modules/idempotency/idempotency-service.ts'
import { standingOf } from '../modules/idempotency/standing.ts'
import { viewerOf } from './authentication.ts'
import { type ServerContext, scopeOf } from './request-scope.ts'

export const IDEMPOTENCY_KEY = 'idempotency-key'
/** Header of an answer that is a repetition of the first one. */
export const IDEMPOTENCY_REPLAYED = 'idempotency-replayed'

const wellFormed = /^[\x20-\x7e]{1,255}$/

const refusals = {
  batch: [
    400,
    'INVALID',
    'An Idempotency-Key cannot stand for the several operations of a batch: send them one by one',
  ],
  malformed: [400, 'INVALID', 'The Idempotency-Key must have 1 to 255 printable ASCII characters'],
  nobody: [400, 'INVALID', 'An Idempotency-Key needs an account: the request has none'],
  running: [409, 'CONFLICT', 'The first request with this Idempotency-Key is still running: try again later'],
  lost: [
    403,
    'FORBIDDEN',
    'You have lost a role since the first request with this Idempotency-Key: its answer is not shown',
  ],
  taken: [422, 'UNPROCESSABLE', 'This Idempotency-Key was used for another request in the last 24 hours'],
} as const

function refuse(reason: keyof typeof refusals): GraphQLError {
  const [status, code, message] = refusals[reason]
  const headers = reason === 'running' ? { 'retry-after': '1' } : {}
  return new GraphQLError(message, { extensions: { code, http: { status, headers } } })
}

function isMutation({ query, operationName }: GraphQLParams): boolean {
  try {
    return getOperationAST(parse(query ?? ''), operationName)?.operation === 'mutation'
  } catch {
    return false
  }
}

/** As authentication looks for it: two tokens of one account are two, even when they may do the same. */
const tokenOf = ({ headers }: Request) =>
  JSON.stringify(['private-token', 'job-token', 'authorization'].map((name) => headers.get(name)))

function keyedRequest(request: Request, key: string, params: GraphQLParams): KeyedRequest {
  if (!wellFormed.test(key)) throw refuse('malformed')
  const viewer = viewerOf(request)
  if (!viewer.user) throw refuse('nobody')
  assertMayWrite(viewer)
  const content = JSON.stringify([params.query, params.operationName, params.variables, params.extensions])
  const digest = createHash('sha256').update(content).digest('hex')
  return { userId: viewer.user.id, token: tokenOf(request), key, digest, standing: standingOf(viewer) }
}

/** Yoga sends what `stringify` returns. */
type Answer = ExecutionResult & { stringify?: () => string }

/** The text of the first answer, instead of a serialisation. */
function replay(text: string): Answer {
  return { extensions: { http: { headers: { [IDEMPOTENCY_REPLAYED]: 'true' } } }, stringify: () => text }
}

/** Whether any mutation of the request answered: what one has written must not be tried again. */
const hasAnswer = ({ data }: Answer) => Object.values(data ?? {}).some((value) => value !== null)

/** Keeps the answer, or gives the key back. The client gets its answer also when that fails: the mutation has been made. */
async function settle(claim: Claim, answer: Answer, log: Log): Promise<Answer> {
  const text = JSON.stringify(answer)
  const settled = hasAnswer(answer) ? keepAnswer(claim, text) : giveBackKey(claim)
  await settled.catch((error) => log.error({ err: error }, 'an idempotency key is left behind'))
  return { ...answer, stringify: () => text }
}

async function answerOnce(request: KeyedRequest, answer: () => Promise<Answer>, log: Log): Promise<Answer> {
  const result: ClaimResult = await claimKey(request)
  if (result.outcome === 'answered') return replay(result.response)
  if (result.outcome !== 'claimed') throw refuse(result.outcome)
  try {
    return await settle(result.claim, await answer(), log)
  } catch (error) {
    await giveBackKey(result.claim)
    throw error
  }
}

/**
 * A mutation that is sent again with the same `Idempotency-Key` within 24 hours is not made again: the first answer is given,
 * byte for byte. An attempt of which no mutation answered (thrown, refused, failed) does not count.
 */
export function useIdempotency(): Plugin<YogaInitialContext, ServerContext> {
  return {
    onRequestParse: ({ request }) => ({
      onRequestParseDone({ requestParserResult }) {
        if (Array.isArray(requestParserResult) && request.headers.has(IDEMPOTENCY_KEY)) throw refuse('batch')
      },
    }),
    onParams({ request, params, paramsHandler, setParamsHandler, context }) {
      const key = request.headers.get(IDEMPOTENCY_KEY)
      if (key === null || !isMutation(params)) return
      const keyed = keyedRequest(request, key, params)
      const { log } = scopeOf(context.req)
      setParamsHandler((payload) => answerOnce(keyed, async () => (await paramsHandler(payload)) as Answer, log))
    },
  }
}
