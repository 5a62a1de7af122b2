import type { CredentialHeaders } from '../../../authentication/authenticate.ts'
import type { Context } from '../../../context/context.ts'
import type { KeyedSteps } from '../../../context/keyed-steps.ts'
import { AppError, RuleViolation } from '../../../foundation/errors.ts'
import { answerOnce } from '../../../idempotency/answer-once.ts'
import { IDEMPOTENCY_KEY, IDEMPOTENCY_REPLAYED } from '../../../request/idempotency-headers.ts'
import { credentialParameters } from './credentials.ts'
import { RestError } from './rest-errors.ts'

/** A kept answer. It has the headers that the endpoint set, such as `Location`, but no headers that belong to one request. */
type Kept = { status: number; headers: [string, string][]; body: string | null }

const serialise = async (response: Response): Promise<string> =>
  JSON.stringify({
    status: response.status,
    headers: [...response.headers],
    body: response.body === null ? null : await response.text(),
  } satisfies Kept)

function revive(text: string): Response {
  const { status, headers, body } = JSON.parse(text) as Kept
  return new Response(body, { status, headers })
}

/** A credential in the body is not part of the content, because the key already belongs to the credential. */
const isCredential = (name: string) => credentialParameters.includes(name)

const withoutCredentials = (content: unknown): unknown =>
  typeof content === 'object' && content !== null && !Array.isArray(content)
    ? Object.fromEntries(Object.entries(content).filter(([name]) => !isCredential(name)))
    : content

const isMissing = (error: unknown) =>
  (error instanceof RestError && error.status === 404) || (error instanceof AppError && error.code === 'NOT_FOUND')

type Write = {
  context: Context
  headers: Headers
  credentials: CredentialHeaders
  /** The method and the path. */
  operation: readonly string[]
  content: unknown
  answerRule: (violation: RuleViolation) => Response
}

/**
 * Makes a write. The same write that is sent again with the same `Idempotency-Key` within 24 hours gets the first answer. A broken
 * rule counts as an answer. A refused write and a failure of the server do not count, so they may be repeated.
 */
export async function writeOnce(write: Write, run: () => Promise<Response>): Promise<Response> {
  const { context, headers, credentials, operation, content, answerRule } = write
  const key = headers.get(IDEMPOTENCY_KEY)
  if (key === null) return run()
  const keyed = {
    viewer: context.viewer,
    credentials,
    key,
    content: ['REST', ...operation, withoutCredentials(content)],
  }
  const attempt = async (steps: KeyedSteps) => {
    context.steps = steps
    try {
      const response = await run()
      return { text: await serialise(response), counts: response.ok }
    } catch (error) {
      // An earlier attempt of this request has deleted the thing, so the deletion is done.
      if (steps.hasMade && operation[0] === 'DELETE' && isMissing(error)) {
        return { text: await serialise(new Response(null, { status: 204 })), counts: true }
      }
      if (!(error instanceof RuleViolation)) throw error
      const response = answerRule(error)
      return { text: await serialise(response), counts: response.status < 500 }
    }
  }
  const { text, replayed } = await answerOnce(keyed, context.log, attempt)
  const response = revive(text)
  if (replayed) response.headers.set(IDEMPOTENCY_REPLAYED, 'true')
  return response
}
