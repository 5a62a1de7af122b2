import { type ExecutionResult, GraphQLError } from 'graphql'
import type { Viewer } from '../access/viewer.ts'
import type { CredentialHeaders } from '../authentication/authenticate.ts'
import type { KeyedSteps } from '../context/keyed-steps.ts'
import { failureHeaders, httpStatus } from '../foundation/errors.ts'
import type { Log } from '../foundation/log.ts'
import { answerOnce, KeyRefusal } from '../idempotency/answer-once.ts'
import { IDEMPOTENCY_REPLAYED } from '../request/idempotency-headers.ts'
import type { OperationRequest } from './operation-request.ts'
import { refused } from './refusal.ts'

/** The error for a refused key. The HTTP status tells it to every client, because no operation has run. */
export const keyRefusalError = (refusal: KeyRefusal): GraphQLError =>
  refused(new GraphQLError(refusal.message), {
    ...{ code: refusal.code, status: httpStatus[refusal.code], headers: failureHeaders(refusal) },
  })

type Asker = { viewer: Viewer; credentials: CredentialHeaders }

export type Answer = { json: string; headers?: Readonly<Record<string, string>> }

/** Whether a mutation of the request answered. A mutation that has written must not be tried again. */
export const hasAnswer = ({ data }: ExecutionResult) => Object.values(data ?? {}).some((value) => value !== null)

/**
 * Runs a mutation once. When it is sent again with the same `Idempotency-Key` within 24 hours, it gets the first answer, byte for
 * byte. An attempt in which no mutation answered (thrown, refused, failed) does not count.
 */
export async function mutateOnce(
  { viewer, credentials }: Asker,
  request: OperationRequest & { idempotencyKey: string },
  run: (steps: KeyedSteps) => Promise<ExecutionResult>,
  log: Log,
): Promise<Answer> {
  const { query, operationName, variables, extensions, idempotencyKey: key } = request
  const write = { viewer, credentials, key, content: [query, operationName, variables, extensions] }
  const attempt = async (steps: KeyedSteps) => {
    const result = await run(steps)
    return { text: JSON.stringify(result), counts: hasAnswer(result) }
  }
  const { text, replayed } = await answerOnce(write, log, attempt).catch((error) => {
    throw error instanceof KeyRefusal ? keyRefusalError(error) : error
  })
  return replayed ? { json: text, headers: { [IDEMPOTENCY_REPLAYED]: 'true' } } : { json: text }
}
