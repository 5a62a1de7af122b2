import { createHash } from 'node:crypto'
import { type ExecutionResult, GraphQLError } from 'graphql'
import { IDEMPOTENCY_REPLAYED } from '../../http/idempotency-headers.ts'
import type { Log } from '../../log.ts'
import { assertMayWrite } from '../../modules/access/assert-may-write.ts'
import type { CredentialHeaders } from '../../modules/access/authenticate.ts'
import type { Viewer } from '../../modules/access/viewer.ts'
import {
  type Claim,
  claimKey,
  giveBackKey,
  type KeyedRequest,
  keepAnswer,
} from '../../modules/idempotency/idempotency-service.ts'
import { standingOf } from '../../modules/idempotency/standing.ts'
import type { OperationRequest } from './operation-request.ts'
import { refused } from './refusal.ts'

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

export function refuse(reason: keyof typeof refusals): GraphQLError {
  const [status, code, message] = refusals[reason]
  const headers = reason === 'running' ? { 'retry-after': '1' } : {}
  return refused(new GraphQLError(message), { code, status, headers })
}

/** As authentication looks for it: two tokens of one account are two, even when they may do the same. */
const tokenOf = (headers: CredentialHeaders) =>
  JSON.stringify(['private-token', 'job-token', 'authorization'].map((name) => headers.get(name)))

type Asker = { viewer: Viewer; credentials: CredentialHeaders }

function keyedRequest({ viewer, credentials }: Asker, request: OperationRequest, key: string): KeyedRequest {
  if (!wellFormed.test(key)) throw refuse('malformed')
  if (!viewer.user) throw refuse('nobody')
  assertMayWrite(viewer)
  const { query, operationName, variables, extensions } = request
  const content = JSON.stringify([query, operationName, variables, extensions])
  const digest = createHash('sha256').update(content).digest('hex')
  return { userId: viewer.user.id, token: tokenOf(credentials), key, digest, standing: standingOf(viewer) }
}

/** The JSON of an answer, and the headers that go with it. */
export type Answer = { json: string; headers?: Readonly<Record<string, string>> }

/** Whether any mutation of the request answered: what one has written must not be tried again. */
const hasAnswer = ({ data }: ExecutionResult) => Object.values(data ?? {}).some((value) => value !== null)

/** Keeps the answer, or gives the key back. The client gets its answer also when that fails: the mutation has been made. */
async function settle(claim: Claim, result: ExecutionResult, log: Log): Promise<Answer> {
  const json = JSON.stringify(result)
  const settled = hasAnswer(result) ? keepAnswer(claim, json) : giveBackKey(claim)
  await settled.catch((error) => log.error({ err: error }, 'an idempotency key is left behind'))
  return { json }
}

/**
 * A mutation that is sent again with the same `Idempotency-Key` within 24 hours is not made again: the first answer is given,
 * byte for byte. An attempt of which no mutation answered (thrown, refused, failed) does not count.
 */
export async function answerOnce(
  asker: Asker,
  request: OperationRequest & { idempotencyKey: string },
  run: () => Promise<ExecutionResult>,
  log: Log,
): Promise<Answer> {
  const claimed = await claimKey(keyedRequest(asker, request, request.idempotencyKey))
  if (claimed.outcome === 'answered') return { json: claimed.response, headers: { [IDEMPOTENCY_REPLAYED]: 'true' } }
  if (claimed.outcome !== 'claimed') throw refuse(claimed.outcome)
  try {
    return await settle(claimed.claim, await run(), log)
  } catch (error) {
    await giveBackKey(claimed.claim)
    throw error
  }
}
