import type { Viewer } from '../access/viewer.ts'
import type { Log } from '../foundation/log.ts'
import type { Repositories } from '../git/reader.ts'
import type { AnswerLife } from './answer-life.ts'
import type { AnswerSize } from './answer-size.ts'
import type { KeyedSteps } from './keyed-steps.ts'
import type { ReleaseChanges } from './release-changes.ts'

/** What a subscription lives on while its request stays open. */
type Live = {
  changes: ReleaseChanges
  /** The same request as if it came now: its credential is checked again, nothing has been loaded. Throws when it is refused. */
  renew: () => Promise<Context>
  /** After so long without a change the access is checked all the same. */
  recheckMs: number
}

/** What a resolver knows of its request. */
export type Context = {
  viewer: Viewer
  requestId: string
  /** Where the request came from; null outside of one. */
  ipAddress: string | null
  log: Log
  /** Scheme, host and optional path in front of every absolute URL, without a trailing slash. */
  baseUrl: string
  repositories: Repositories
  /** How long the answer stays true; absent where nobody keeps it. */
  answerLife?: AnswerLife
  /** How many bytes the answer may hold; absent: `MAX_ANSWER_BYTES`. */
  maxAnswerBytes?: number
  /** What it holds so far: see `answerSize`. */
  answerSize?: AnswerSize
  /** Of what is answered about one row of a list of REST: its place in the page. */
  row?: number
  /** What it has made so far, where it has an Idempotency-Key. */
  steps?: KeyedSteps
  /** Absent where nobody can subscribe. */
  live?: Live
  /** What lives as long as the request, such as loaders: see `perRequest`. */
  made?: Map<symbol, unknown>
}

/**
 * Makes one value per request, on first use. The context holds it: of a WeakMap's values, which know the context in turn, none is
 * collected before all of the memory is, and with them everything that the request has read.
 */
export function perRequest<Value>(create: (context: Context) => Value): (context: Context) => Value {
  const key = Symbol('per request')
  return (context) => {
    context.made ??= new Map()
    if (!context.made.has(key)) context.made.set(key, create(context))
    return context.made.get(key) as Value
  }
}

/** After a write: what was read before it must not answer for what comes after it in the same request. */
export function forgetLoaded(context: Context): void {
  context.made?.clear()
}
