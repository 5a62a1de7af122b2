import type { Log } from './log.ts'
import type { Viewer } from './modules/access/viewer.ts'
import type { Repositories } from './modules/git/reader.ts'

/** What a resolver knows of its request. Loaders hang on this object: they live as long as the request. */
export type Context = {
  viewer: Viewer
  requestId: string
  /** Where the request came from; null outside of one. */
  ipAddress: string | null
  log: Log
  /** Scheme, host and optional path in front of every absolute URL, without a trailing slash. */
  baseUrl: string
  repositories: Repositories
}

/** Makes one value per request, on first use. */
export function perRequest<Value>(create: (context: Context) => Value): (context: Context) => Value {
  const made = new WeakMap<Context, Value>()
  return (context) => {
    const value = made.get(context) ?? create(context)
    made.set(context, value)
    return value
  }
}
