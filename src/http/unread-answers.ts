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
    if (!shortened.delete(response)) return
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

const LOOK_MS = 1000
/** More than the kernel takes at once: smaller ones wait for the next look. */
const LARGE_BYTES = 64 * 1024

/**
 * Follows each answer from its beginning to its end, also one that is made while it is read. `onCut` is called for each that is
 * cut off because all together are too much.
 */
export function createAnswerWatch({ unreadBytes, unreadMs }: UnreadBounds, onCut: () => void) {
  const patience = createPatience(unreadMs)
  /** The oldest first. */
  const open = new Set<ServerResponse>()
  let timer: NodeJS.Timeout | undefined

  /** The largest go first, of equal ones the oldest; one that is alone stays, however large it is. */
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
    if (open.size > 0) return
    clearInterval(timer)
    timer = undefined
  }

  return {
    begin(response: ServerResponse): void {
      open.add(response)
      // Of large ones as many may end between two looks as fill the memory.
      response.once('prefinish', () => {
        if (response.writableLength < LARGE_BYTES) return
        patience.shorten(response)
        cutLargest()
      })
      timer ??= setInterval(look, Math.min(LOOK_MS, unreadMs / 5)).unref()
    },
    /** The answer has been read, or nobody will. */
    end(response: ServerResponse): void {
      open.delete(response)
      patience.restore(response)
    },
  }
}
