// Requests that a client sends on one connection before it has the answers to earlier requests. HTTP/1.1 calls this pipelining.
import type { RequestListener, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** How many requests may wait on one connection. Programs that send requests ahead send a few dozen. */
export const MOST_WAITING = 500

/** `last` is the response to the newest request, until it has been sent. */
type Turns = { last: ServerResponse | null; waiting: number }

/**
 * Begins a request when the answer before it on its connection has been sent, so that a connection never holds more than one
 * answer in memory. A connection on which too many requests wait is closed.
 */
export function inTurn(answer: RequestListener): RequestListener {
  const turnsOf = new WeakMap<Socket, Turns>()
  return (request, response) => {
    const { socket } = request
    const turns = turnsOf.get(socket) ?? { last: null, waiting: 0 }
    const before = turns.last
    turns.last = response
    turnsOf.set(socket, turns)
    response.once('close', () => {
      if (turns.last === response) turns.last = null
    })
    if (!before) return answer(request, response)
    turns.waiting += 1
    if (turns.waiting > MOST_WAITING) return void socket.destroy()
    before.once('close', () => {
      turns.waiting -= 1
      if (!socket.destroyed) answer(request, response)
    })
  }
}
