// An answer stays in memory until its client reads it. So unread answers are bounded in time and, all together, in bytes.
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

export type UnreadBounds = {
  /** The size of all answers of this process that are given and not read yet. */
  unreadBytes: number
  /** A client that reads nothing for so long is cut off, at the latest after twice as long. */
  unreadMs: number
}

export const UNREAD_BOUNDS: UnreadBounds = { unreadBytes: 128 * 1024 ** 2, unreadMs: 30_000 }

/** Shortens the time for which a connection may be silent while it has something to read. A byte that moves ends the silence. */
function createPatience(unreadMs: number) {
  /** How long each connection could be silent before. */
  const shortened = new Map<ServerResponse, { socket: Socket; usual: number }>()
  const restore = (response: ServerResponse) => {
    const { socket, usual } = shortened.get(response) ?? {}
    if (!shortened.delete(response)) return
    // If the time is another by now, the connection idles between two requests.
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

const LOOK_MS = 1000
/** More than the kernel takes at once. Smaller answers wait for the next look. */
const LARGE_BYTES = 64 * 1024

/**
 * Follows each answer from its beginning to its end, also an answer that is made while it is read. `onCut` is called for each
 * answer that is cut off because all answers together are too large.
 */
export function createAnswerWatch({ unreadBytes, unreadMs }: UnreadBounds, onCut: () => void) {
  const patience = createPatience(unreadMs)
  /** The oldest answer comes first. */
  const open = new Set<ServerResponse>()
  let looks = false

  /** Cuts off the largest answers first, and among equal ones the oldest. A single answer stays, however large it is. */
  const cutLargest = () => {
    const unread = [...open].filter(({ writableLength }) => writableLength > 0)
    let total = unread.reduce((sum, { writableLength }) => sum + writableLength, 0)
    if (total <= unreadBytes || unread.length === 1) return
    for (const response of unread.sort((a, b) => b.writableLength - a.writableLength)) {
      if (total <= unreadBytes) return
      total -= response.writableLength
      open.delete(response)
      onCut()
      response.destroy()
    }
  }
  const look = () => {
    for (const response of open) {
      if (response.writableLength > 0) patience.shorten(response)
      else patience.restore(response)
    }
    cutLargest()
  }

  return {
    begin(response: ServerResponse): void {
      open.add(response)
      // So many large answers may end between two looks that they would fill the memory.
      response.once('prefinish', () => {
        if (response.writableLength < LARGE_BYTES) return
        patience.shorten(response)
        cutLargest()
      })
      if (looks) return
      looks = true
      setInterval(look, Math.min(LOOK_MS, unreadMs / 5)).unref()
    },
    /** To be called when the answer has been read, or will not be read. */
    end(response: ServerResponse): void {
      open.delete(response)
      patience.restore(response)
    },
  }
}
