// An answer may come before the end of the body, where it is refused or cannot be kept. A connection that is closed then is reset by
// the kernel, and the client, which still sends, may never see the answer. So the answer says that it is the last one; what still
// comes is dropped, for a time, until the client has sent all or has closed the connection itself.
import type { IncomingMessage, ServerResponse } from 'node:http'

export type RestBounds = {
  /** How long the rest of a body may take. */
  restMs: number
}

const REST_MS = 30_000

/** In which nothing comes. */
const SILENCE_MS = 5_000

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

/** Whoever read it may have left off in the middle, and would hold up what still comes. */
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
  // The client is told at once that no other answer comes.
  socket.end()
  request.once('close', close)
  drop(request)
}

/** To be called when the answer begins. */
export function closeKindly(
  request: IncomingMessage,
  response: ServerResponse,
  { restMs = REST_MS }: Partial<RestBounds> = {},
): void {
  if (request.complete || !hasBody(request)) return
  response.shouldKeepAlive = false
  const { socket } = request
  let closing = false
  // What Node calls once the answer has been handed over: it would close with the last byte of the answer.
  socket.destroySoon = () => {
    if (closing || socket.destroyed) return
    closing = true
    if (request.destroyed) socket.destroy()
    else closeAfterRest(request, restMs)
  }
}
