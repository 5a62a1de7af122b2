import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Log } from '../log.ts'

/** What is known of a request before it is known who asks. */
export type RequestScope = { id: string; ipAddress: string | null; log: Log }

/** What Yoga hands on with a request. */
export type ServerContext = { req: IncomingMessage; res: ServerResponse }

// Handed on with the request. With an AsyncLocalStorage Node 20 would keep account of every promise, a quarter of an answer's cost.
const scopes = new WeakMap<IncomingMessage, RequestScope>()

/** The client's `X-Request-Id` where it is harmless in a header and a log, else a new one. */
function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID()
}

export function openScope(request: IncomingMessage, log: Log): RequestScope {
  const id = requestIdOf(request)
  let own: Log | undefined
  const scope = {
    id,
    ipAddress: request.socket.remoteAddress ?? null,
    // Most requests have nothing to say.
    get log() {
      own ??= log.child({ requestId: id })
      return own
    },
  }
  scopes.set(request, scope)
  return scope
}

export function scopeOf(request: IncomingMessage): RequestScope {
  const scope = scopes.get(request)
  if (!scope) throw new Error('A request came by no door')
  return scope
}
