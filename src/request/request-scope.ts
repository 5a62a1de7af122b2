import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Log } from '../foundation/log.ts'
import { clientOf, type TrustProxy } from './trusted-proxies.ts'
import { closeGracefully, type RestBounds } from './unread-bodies.ts'

/** The part of the server that answers. */
export type Door = 'graphql' | 'git' | 'service'

/** What is known about a request before its viewer is known. */
export type RequestScope = {
  id: string
  door: Door
  /** The address of the client, behind all trusted proxies; null when the client has gone. */
  ipAddress: string | null
  /** The client's scheme as a trusted proxy reports it; null without a report, which means the scheme of BASE_URL. */
  scheme: 'http' | 'https' | null
  /** The host and port that the client uses; null when the client names no host. */
  host: string | null
  /** The pattern of the route that answered, which names no project and no tag; null when no route knows the path. */
  route: string | null
  /** Whether the body is passed on while it arrives, and so may take long. */
  streams: boolean
  log: Log
  /** Headers that every answer to the request has. */
  headers: Record<string, string>
}

export type ScopeParts = {
  log: Log
  /** The proxies whose reports about the client are trusted. */
  trustProxy: TrustProxy
  /** Once the server is stopping it still answers, but each answer is the last on its connection. */
  stopping?: { readonly begun: boolean }
  /** Overrides of the bounds on bodies that nobody reads. */
  connections?: Partial<RestBounds>
}

// The scope is a property of the request. A WeakMap would keep each request until a full garbage collection, because its scope
// refers to it. With an AsyncLocalStorage Node 20 would track every promise, which is a quarter of an answer's cost.
const SCOPE = Symbol('scope')

type Scoped = IncomingMessage & { [SCOPE]?: RequestScope }

/** The client's `X-Request-Id` if it is harmless in a header and a log, else a new ID. */
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
    route: null,
    streams: false,
    // `nosniff`, because users wrote some of the content and browsers must not guess its type.
    headers: { 'x-request-id': id, 'x-content-type-options': 'nosniff' },
    // Made on first use, because most requests log nothing.
    get log() {
      own ??= log.child({ requestId: id })
      return own
    },
  }
  Object.assign(request, { [SCOPE]: scope })
  sendWithHead(response, scope.headers, () => {
    // Node then sends `Connection: close` and closes the connection.
    if (stopping?.begun) response.shouldKeepAlive = false
    closeGracefully(request, response, connections)
  })
  return scope
}

type Head = Readonly<Record<string, number | string | string[] | undefined>>

/** Passes all headers to `writeHead` at once, because Node would check, store and merge headers that are set one by one. */
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
