import type { Viewer } from '../access/viewer.ts'
import type { Authenticate, CredentialHeaders } from '../authentication/authenticate.ts'
import type { Context } from '../context/context.ts'
import type { ReleaseChanges } from '../context/release-changes.ts'
import { AppError } from '../foundation/errors.ts'
import type { Log } from '../foundation/log.ts'
import type { Repositories } from '../git/open-repositories.ts'
import type { Reachable } from '../outgoing/reachable.ts'
import type { RateLimits } from './rate-limits/rate-limits.ts'
import type { RequestScope } from './request-scope.ts'

/** The parts of a context that do not depend on the request. */
export type ContextParts = {
  authenticate: Authenticate
  rateLimits: RateLimits
  baseUrl: string
  repositories: Repositories
  mayReach: Reachable
  changes: ReleaseChanges
  /** The most bytes of one answer; `MAX_ANSWER_BYTES` when absent. */
  maxAnswerBytes?: number
  log: Log
}

/** An idle subscription checks the access of its viewer at this interval. */
const RECHECK_MS = 30_000

/** The context of a request whose viewer is known, for use cases and resolvers. */
export function requestContext(
  parts: ContextParts,
  scope: RequestScope,
  headers: CredentialHeaders,
  viewer: Viewer,
): Context {
  const { authenticate, baseUrl, repositories, mayReach, changes } = parts
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
    mayReach,
    ...(parts.maxAnswerBytes === undefined ? {} : { maxAnswerBytes: parts.maxAnswerBytes }),
    spendOn: (scarce) => parts.rateLimits.spendOn(scope, viewer, scarce),
    live: { changes, renew, recheckMs: RECHECK_MS },
  }
}

/** Finds the viewer. Logs an error when that is impossible now, because the failure is the server's or the issuer's. */
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

/** Finds the viewer, and charges the cost of the request before any other work. */
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
