// Gives up bodies that come too slowly, because a request that waits for its body keeps memory and turns from others. Time counts
// only while the server reads, and not while the server itself is slow or lets an upload wait for its turn.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { scopeOf } from '../request/request-scope.ts'
import { hasBody } from '../request/unread-bodies.ts'

export type BodyBounds = {
  /** How long a body may stand still. */
  silenceMs: number
  /** How fast a body that is read into memory must come on average, after `silenceMs`. A body that streams may be slower. */
  bytesPerSecond: number
}

export const BODY_BOUNDS: BodyBounds = { silenceMs: 30_000, bytesPerSecond: 4096 }

type Body = {
  request: IncomingMessage
  response: ServerResponse
  bytesBefore: number
  bytesSeen: number
  /** How long the server has read, in all and since the last byte. */
  waitedMs: number
  silentMs: number
}

const isOver = ({ request }: Body) => request.complete || request.destroyed || request.socket.destroyed

/** Whether the server has taken everything that came, and waits for more. */
const isAwaited = (request: IncomingMessage) =>
  request.readableLength === 0 && (request.readableFlowing === true || request.listenerCount('readable') > 0)

/** Writes the answer to the connection itself. Code that waits for the body sees it end, as when the client breaks off. */
function timeOut({ request, response }: Body): void {
  const { socket } = request
  if (!response.headersSent && response.socket === socket) {
    response.statusCode = 408
    const body = JSON.stringify({ message: '408 Request Timeout: the body of the request came too slowly' })
    const head = ['HTTP/1.1 408 Request Timeout', 'connection: close', 'content-type: application/json']
    socket.write(`${head.join('\r\n')}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
  }
  socket.destroySoon()
}

/** Follows each body until it is complete. `onCut` is called for each body that is given up. */
export function createBodyWatch({ silenceMs, bytesPerSecond }: BodyBounds, onCut: () => void) {
  const tickMs = Math.min(1000, silenceMs / 10)
  const coming = new Set<Body>()
  let timer: NodeJS.Timeout | undefined

  const isTooSlow = ({ request, waitedMs, silentMs, bytesSeen, bytesBefore }: Body) => {
    if (silentMs >= silenceMs) return true
    const expected = ((waitedMs - silenceMs) / 1000) * bytesPerSecond
    return !scopeOf(request).streams && bytesSeen - bytesBefore < expected
  }
  const look = (body: Body) => {
    if (isOver(body)) return void coming.delete(body)
    const { bytesRead } = body.request.socket
    if (bytesRead > body.bytesSeen) body.silentMs = 0
    if (isAwaited(body.request)) {
      body.waitedMs += tickMs
      if (bytesRead === body.bytesSeen) body.silentMs += tickMs
    }
    body.bytesSeen = bytesRead
    if (!isTooSlow(body)) return
    coming.delete(body)
    onCut()
    timeOut(body)
  }
  const lookAtAll = () => {
    for (const body of coming) look(body)
    if (coming.size > 0) return
    clearInterval(timer)
    timer = undefined
  }

  return (request: IncomingMessage, response: ServerResponse): void => {
    if (!hasBody(request)) return
    const { bytesRead } = request.socket
    // Most bodies are complete by then, because they came along with the headers.
    process.nextTick(() => {
      if (request.complete) return
      coming.add({ request, response, bytesBefore: bytesRead, bytesSeen: bytesRead, waitedMs: 0, silentMs: 0 })
      timer ??= setInterval(lookAtAll, tickMs).unref()
    })
  }
}
