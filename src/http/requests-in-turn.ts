// Requests that a client sends on one connection without awaiting the answers before them, which HTTP/1.1 calls pipelining.
import type { RequestListener, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** On one connection. Programs that send ahead at all send a few dozen requests. */
export const MOST_WAITING = 100

/** `last`: the response to the newest request, until it has been sent. */
type Turns = { last: ServerResponse | null; waiting: number }

/**
 * Begins a request when the answer before it on its connection has been sent, so that a connection never holds more than one
 * answer in memory. A connection on which more requests wait than programs send is closed.
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
