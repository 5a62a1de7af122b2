import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'

/** GET and HEAD change nothing, so a proxy may send them to another server. */
const READS: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD'])

/** Closes the connection without an answer, unless an earlier request on it waits for one. */
function refuse({ method }: IncomingMessage, { socket }: ServerResponse): boolean {
  if (!READS.has(method) || socket === null) return false
  socket.destroy()
  return true
}

export type RefusedReads = {
  answer: RequestListener
  /** From now on each read that comes fails. */
  begin: () => void
}

/**
 * nginx learns that a server is gone only when a connection fails. Then it sends nothing to that server for its `fail_timeout`, and
 * repeats a read elsewhere, but never a write that it has sent. So reads fail first, and while nginx sends nothing the port is closed.
 * Otherwise a write could come in the moment in which the port is closed, and be lost.
 */
export function refuseReads(answer: RequestListener): RefusedReads {
  let begun = false
  return {
    begin() {
      begun = true
    },
    answer(request, response) {
      if (!begun || !refuse(request, response)) answer(request, response)
    },
  }
}
