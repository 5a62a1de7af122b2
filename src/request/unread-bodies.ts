// The server may answer before the body has ended, for example because it refuses the request. If it closed the connection then,
// the kernel would reset it, and a client that still sends might never see the answer. So the answer says that it is the last on
// its connection, and the server drops the rest of the body for a while, until the client has sent it or closes the connection.
import type { IncomingMessage, ServerResponse } from 'node:http'

export type RestBounds = {
  /** The longest time for the rest of a body. */
  restMs: number
}

const REST_MS = 30_000

/** The longest time in which nothing arrives. */
const SILENCE_MS = 5_000

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

/** Detaches the readers and drops the rest, because a reader that has stopped in the middle would hold it up. */
function drop(request: IncomingMessage): void {
  request.unpipe()
  request.removeAllListeners('readable').removeAllListeners('data')
  request.on('data', () => {})
}

function closeAfterRest(request: IncomingMessage, restMs: number): void {
  const { socket } = request
  const close = () => socket.destroy()
  const timer = setTimeout(close, restMs)
  socket.once('close', () => clearTimeout(timer))
  socket.setTimeout(Math.min(SILENCE_MS, restMs), close)
  // Tells the client at once that no other answer follows.
  socket.end()
  request.once('close', close)
  drop(request)
}

/** Must be called when the answer begins. */
export function closeKindly(
  request: IncomingMessage,
  response: ServerResponse,
  { restMs = REST_MS }: Partial<RestBounds> = {},
): void {
  if (request.complete || !hasBody(request)) return
  response.shouldKeepAlive = false
  const { socket } = request
  let closing = false
  // Node calls `destroySoon` when the answer has been handed over, and would close the connection after its last byte.
  socket.destroySoon = () => {
    if (closing || socket.destroyed) return
    closing = true
    if (request.destroyed) socket.destroy()
    else closeAfterRest(request, restMs)
  }
}
