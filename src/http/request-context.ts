import type { Context } from '../context.ts'
import type { Log } from '../log.ts'
import type { CredentialHeaders } from '../modules/access/authenticate.ts'
import type { Viewer } from '../modules/access/viewer.ts'
import type { Repositories } from '../modules/git/reader.ts'
import type { ReleaseChanges } from '../modules/live/release-changes.ts'
import type { Authenticate } from './authentication.ts'
import type { RequestScope } from './request-scope.ts'

/** What every door knows, whatever the request. */
export type ContextParts = {
  authenticate: Authenticate
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
