import type { CredentialHeaders } from '../../../authentication/authenticate.ts'
import type { Context } from '../../../context/context.ts'
import type { KeyedSteps } from '../../../context/keyed-steps.ts'
import { AppError, RuleViolation } from '../../../foundation/errors.ts'
import { answerOnce } from '../../../idempotency/answer-once.ts'
import { IDEMPOTENCY_KEY, IDEMPOTENCY_REPLAYED } from '../../../request/idempotency-headers.ts'
import { credentialParameters } from './credentials.ts'
import { RestError } from './rest-errors.ts'

/** An answer as it is kept; its headers are those of the use case, such as `Location`, and none of the request's. */
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

/** A credential is part of who asks. */
const isCredential = (name: string) => credentialParameters.includes(name)

const withoutCredentials = (content: unknown): unknown =>
  typeof content === 'object' && content !== null && !Array.isArray(content)
    ? Object.fromEntries(Object.entries(content).filter(([name]) => !isCredential(name)))
    : content

const isMissing = (error: unknown) =>
  (error instanceof RestError && error.status === 404) || (error instanceof AppError && error.code === 'NOT_FOUND')

type Write = {
  context: Context
  /** What the request came with. */
  headers: Headers
  credentials: CredentialHeaders
  /** Method and path. */
  operation: readonly string[]
  content: unknown
  /** How a broken rule is told. */
  answerRule: (violation: RuleViolation) => Response
}

/**
 * Makes a write; one that is sent again with the same `Idempotency-Key` within 24 hours gets the first answer. What was refused,
 * or failed on our side, does not count; that a rule was broken does.
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
      // What it would delete is gone: it was this request that deleted it.
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
