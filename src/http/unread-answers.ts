// What clients do not read stays in memory until they do. So it is bounded in time and, for all of them together, in bytes.
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

export type UnreadBounds = {
  /** Of all answers that are given and not read yet, in this process. */
  unreadBytes: number
  /** A client that reads nothing for so long is cut off, at the latest after twice as long. */
  unreadMs: number
}

export const UNREAD_BOUNDS: UnreadBounds = { unreadBytes: 128 * 1024 ** 2, unreadMs: 30_000 }

/** The time that a connection may be silent while it has something to read; Node counts each byte that it takes as a sign of life. */
function createPatience(unreadMs: number) {
  /** How long each might have been silent otherwise. */
  const shortened = new Map<ServerResponse, { socket: Socket; usual: number }>()
  const restore = (response: ServerResponse) => {
    const { socket, usual } = shortened.get(response) ?? {}
    shortened.delete(response)
    // Where it is another by now the connection idles between two requests.
    if (socket?.timeout === unreadMs && usual !== undefined) socket.setTimeout(usual)
  }
  return {
    shorten(response: ServerResponse): void {
      const { socket } = response
      if (!socket || shortened.has(response)) return
      shortened.set(response, { socket, usual: socket.timeout ?? 0 })
      socket.setTimeout(unreadMs)
    },
    restore,
  }
}

/** Follows each answer from its beginning on. `onCut` is called for each that is cut off because all together are too much. */
export function createAnswerWatch({ unreadBytes, unreadMs }: UnreadBounds, onCut: () => void) {
  const patience = createPatience(unreadMs)
  const open = new Set<ServerResponse>()
  /** Complete but for what the client has not read; the oldest first. */
  const unread = new Set<ServerResponse>()
  let timer: NodeJS.Timeout | undefined

  /** The newest stays, however large it is. */
  const cutOldest = (newest: ServerResponse) => {
    let total = 0
    for (const response of unread) total += response.writableLength
    for (const response of unread) {
      if (total <= unreadBytes || response === newest) return
      total -= response.writableLength
      unread.delete(response)
      onCut()
      response.destroy()
    }
  }
  /** Streams: they go on when the client reads, so little of them is in memory. */
  const look = () => {
    for (const response of open) {
      if (response.writableLength > 0) patience.shorten(response)
      else patience.restore(response)
    }
  }

  return (response: ServerResponse): void => {
    open.add(response)
    timer ??= setInterval(look, unreadMs / 5).unref()
    response.once('prefinish', () => {
      if (response.writableLength === 0) return
      unread.add(response)
      patience.shorten(response)
      cutOldest(response)
    })
    response.once('close', () => {
      open.delete(response)
      unread.delete(response)
      patience.restore(response)
      if (open.size > 0) return
      clearInterval(timer)
      timer = undefined
    })
  }
}
