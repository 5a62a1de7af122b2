import type { Viewer } from '../access/viewer.ts'
import type { Authenticate, CredentialHeaders } from '../authentication/authenticate.ts'
import type { Context } from '../context/context.ts'
import type { ReleaseChanges } from '../context/release-changes.ts'
import { AppError } from '../foundation/errors.ts'
import type { Log } from '../foundation/log.ts'
import type { Repositories } from '../git/reader.ts'
import type { RateLimits } from './rate-limits/rate-limits.ts'
import type { RequestScope } from './request-scope.ts'

/** What every door knows, whatever the request. */
export type ContextParts = {
  authenticate: Authenticate
  rateLimits: RateLimits
  baseUrl: string
  repositories: Repositories
  changes: ReleaseChanges
  /** How many bytes one answer may hold; absent: `MAX_ANSWER_BYTES`. */
  maxAnswerBytes?: number
  log: Log
}

/** How often a subscription to which nothing happens asks whether its viewer still has access. */
const RECHECK_MS = 30_000

/** What a use case and a resolver know of the request that is being answered, once it is known who asks. */
export function requestContext(
  parts: ContextParts,
  scope: RequestScope,
  headers: CredentialHeaders,
  viewer: Viewer,
): Context {
  const { authenticate, baseUrl, repositories, changes } = parts
  const renew = async () => requestContext(parts, scope, headers, await authenticate(headers))
  return {
    viewer,
    requestId: scope.id,
    ipAddress: scope.ipAddress,
    get log() {
      return scope.log
    },
    baseUrl,
    repositories,
    ...(parts.maxAnswerBytes === undefined ? {} : { maxAnswerBytes: parts.maxAnswerBytes }),
    live: { changes, renew, recheckMs: RECHECK_MS },
  }
}

/** Who asks. That it cannot be told now is a failure of ours, or of who we ask: a person must know of it. */
export async function identify(
  { rateLimits, authenticate }: Pick<ContextParts, 'rateLimits' | 'authenticate'>,
  scope: RequestScope,
  headers: CredentialHeaders,
): Promise<Viewer> {
  return rateLimits.identify(scope, headers, authenticate).catch((error) => {
    const isOurs = error instanceof AppError && error.code === 'UNAVAILABLE'
    if (isOurs) scope.log.error({ err: error.cause ?? error }, 'cannot tell who asks')
    throw error
  })
}

/** Finds out who asks, and takes what the request costs before anything else is done for it. */
export async function admit(
  parts: ContextParts,
  scope: RequestScope,
  headers: CredentialHeaders,
  cost: number,
): Promise<Context> {
  const viewer = await identify(parts, scope, headers)
  await parts.rateLimits.spend(scope, viewer, cost)
  return requestContext(parts, scope, headers, viewer)
}
