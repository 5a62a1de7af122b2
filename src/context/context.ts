import type { Viewer } from '../access/viewer.ts'
import type { Replica } from '../database/replicas/replica.ts'
import type { Log } from '../foundation/log.ts'
import type { Repositories } from '../git/open-repositories.ts'
import type { Reachable } from '../outgoing/reachable.ts'
import type { AnswerLife } from './answer-life.ts'
import type { AnswerSize } from './answer-size.ts'
import type { KeyedSteps } from './keyed-steps.ts'
import type { ReleaseChanges } from './release-changes.ts'

/** What a subscription needs while its request stays open. */
type Live = {
  changes: ReleaseChanges
  /** A context as if the request came now: checks the credential again and has loaded nothing. Throws when it is refused. */
  renew: () => Promise<Context>
  /** The access is checked again after this many milliseconds without a change. */
  recheckMs: number
}

/** What a resolver knows about its request. */
export type Context = {
  viewer: Viewer
  requestId: string
  /** The client's address; null outside of a request. */
  ipAddress: string | null
  log: Log
  /** Scheme, host and optional path in front of every absolute URL, without a trailing slash. */
  baseUrl: string
  repositories: Repositories
  /** Which addresses the server may ask on somebody's behalf. */
  mayReach: Reachable
  /**
   * Chooses the replica that the request reads from; null for the primary. Absent where only the primary will do, because the request writes or
   * must hear of the newest write.
   */
  replica?: () => Promise<Replica | null>
  /** How long the answer stays valid; absent when the answer is not kept. */
  answerLife?: AnswerLife
  /** The most bytes of the answer; `MAX_ANSWER_BYTES` when absent. */
  maxAnswerBytes?: number
  /** The size of the answer so far: see `answerSize`. */
  answerSize?: AnswerSize
  /** The index of the row in REST's page, while the answer about one row is made. */
  row?: number
  /** What a request with an Idempotency-Key has made so far. */
  steps?: KeyedSteps
  /** Whoever imports tells no webhook. */
  tellsNobody?: true
  /** Counts what may be done only a few times a minute. Throws RATE_LIMITED. Absent outside of a request. */
  spendOn?: (scarce: { what: 'changelogs' | 'previews'; projectId: number | null }) => Promise<void>
  /** Absent when the door has no subscriptions. */
  live?: Live
  /** Values that live as long as the request, such as loaders: see `perRequest`. */
  made?: Map<symbol, unknown>
}

/** What is recorded of a request with what it has written. */
export type Origin = Pick<Context, 'requestId' | 'ipAddress' | 'tellsNobody'> & {
  viewer: Pick<Viewer, 'user' | 'credential'>
}

/**
 * Makes one value for each request, on first use. The context itself holds the value, because the values refer to the context. In
 * a WeakMap they would live, with everything that the request has read, until a full garbage collection.
 */
export function perRequest<Value>(create: (context: Context) => Value): (context: Context) => Value {
  const key = Symbol('per request')
  return (context) => {
    context.made ??= new Map()
    if (!context.made.has(key)) context.made.set(key, create(context))
    return context.made.get(key) as Value
  }
}

/** Forgets what was read before a write, because the rest of the request must read the new state. */
export function forgetLoaded(context: Context): void {
  context.made?.clear()
}
