import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Log } from '../foundation/log.ts'
import type { Stopping } from './stopping.ts'
import { clientOf, type TrustProxy } from './trusted-proxies.ts'
import { closeKindly, type RestBounds } from './unread-bodies.ts'

/** Which part of the server answers. */
export type Door = 'graphql' | 'git' | 'service'

/** What is known of a request before it is known who asks. */
export type RequestScope = {
  id: string
  door: Door
  /** The client's, behind all proxies that are trusted; null when it has gone. */
  ipAddress: string | null
  /** The scheme that the client uses, as a trusted proxy says; null: nobody says it, so it is that of BASE_URL. */
  scheme: 'http' | 'https' | null
  /** The host and port that the client uses; null when it names none. */
  host: string | null
  /** Whether the body is handed on as it comes: it may take its time. */
  streams: boolean
  log: Log
  /** Headers that the answer has whatever it becomes; they are sent with its head. */
  headers: Record<string, string>
}

export type ScopeParts = {
  log: Log
  /** Which proxies are believed what they say of the client. */
  trustProxy: TrustProxy
  stopping?: Stopping
  /** How patient the server is with bodies that nobody reads, where it is otherwise than usual. */
  connections?: Partial<RestBounds>
}

// Handed on with the request, as a property: a WeakMap would keep each request, which its scope knows, until all of the memory is
// collected. With an AsyncLocalStorage Node 20 would keep account of every promise, a quarter of an answer's cost.
const SCOPE = Symbol('scope')

type Scoped = IncomingMessage & { [SCOPE]?: RequestScope }

/** The client's `X-Request-Id` where it is harmless in a header and a log, else a new one. */
function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID()
}

export function openScope(
  request: IncomingMessage,
  response: ServerResponse,
  { log, trustProxy, stopping, connections }: ScopeParts,
  door: Door,
): RequestScope {
  const id = requestIdOf(request)
  const { address: ipAddress, scheme, host } = clientOf(request, trustProxy)
  let own: Log | undefined
  const scope: RequestScope = {
    id,
    door,
    ipAddress,
    scheme,
    host,
    streams: false,
    // What is sent is what it says it is, whoever wrote it.
    headers: { 'x-request-id': id, 'x-content-type-options': 'nosniff' },
    // Most requests have nothing to say.
    get log() {
      own ??= log.child({ requestId: id })
      return own
    },
  }
  Object.assign(request, { [SCOPE]: scope })
  sendWithHead(response, scope.headers, () => {
    // Node then says `Connection: close`, and keeps to it.
    if (stopping?.begun) response.shouldKeepAlive = false
    closeKindly(request, response, connections)
  })
  return scope
}

type Head = Readonly<Record<string, number | string | string[] | undefined>>

/** All at once: what is set one by one before, Node checks, keeps and merges again for every answer. */
function sendWithHead(response: ServerResponse, always: Head, before: () => void): void {
  const writeHead = response.writeHead.bind(response)
  const writeWhole = (status: number, reason?: string | Head, headers?: Head) => {
    before()
    return writeHead(status, { ...always, ...headers, ...(typeof reason === 'string' ? null : reason) })
  }
  response.writeHead = writeWhole as ServerResponse['writeHead']
}

export function scopeOf(request: IncomingMessage): RequestScope {
  const { [SCOPE]: scope } = request as Scoped
  if (!scope) throw new Error('A request came by no door')
  return scope
}
