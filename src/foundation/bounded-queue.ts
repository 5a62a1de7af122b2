// What only so many may do at a time, in all and of one caller: others wait in line, and are told to come again when the line
// is long or does not move.
import { unavailable } from './errors.ts'

export type BoundedQueue = {
  /** Runs the work when it is the caller's turn. Rejects with UNAVAILABLE, or with the signal's reason while it waits. */
  run: <Result>(caller: string, work: () => Promise<Result>, signal?: AbortSignal) => Promise<Result>
}

export type QueueBounds = {
  /** How many work at a time. */
  running: number
  /** How many wait; one caller takes at most half of the places, so that others find some. */
  waiting: number
  /** How many of one caller work at a time. */
  perCaller: number
  longestWaitMs: number
  /** What there is too much of, for the message: "uploads". */
  what: string
}

type Waiter = { caller: string; begin: () => void }

export function createBoundedQueue({ running, waiting, perCaller, longestWaitMs, what }: QueueBounds): BoundedQueue {
  const working = new Map<string, number>()
  const line = new Set<Waiter>()
  const ownPlaces = Math.max(Math.floor(waiting / 2), 1)
  let total = 0

  const mayBegin = (caller: string) => total < running && (working.get(caller) ?? 0) < perCaller
  const begin = (caller: string) => {
    total += 1
    working.set(caller, (working.get(caller) ?? 0) + 1)
  }
  const end = (caller: string) => {
    total -= 1
    const left = (working.get(caller) ?? 0) - 1
    if (left > 0) working.set(caller, left)
    else working.delete(caller)
    // One whose caller has enough of its own does not hold up those behind it.
    for (const waiter of line) if (mayBegin(waiter.caller)) waiter.begin()
  }
  const isFull = (caller: string) =>
    line.size >= waiting || [...line].filter((waiter) => waiter.caller === caller).length >= ownPlaces
  const tooMany = () =>
    unavailable(`Too many ${what} at a time: try again later`, Math.max(Math.ceil(longestWaitMs / 1000), 1))

  const turnOf = (caller: string, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      if (isFull(caller)) return reject(tooMany())
      const leave = () => {
        line.delete(waiter)
        clearTimeout(timer)
        signal?.removeEventListener('abort', giveUp)
      }
      const refuse = (reason: unknown) => {
        leave()
        reject(reason)
      }
      const giveUp = () => refuse(signal?.reason)
      const timer = setTimeout(() => refuse(tooMany()), longestWaitMs)
      const waiter: Waiter = {
        caller,
        begin() {
          leave()
          begin(caller)
          resolve()
        },
      }
      line.add(waiter)
      signal?.addEventListener('abort', giveUp)
    })

  return {
    async run(caller, work, signal) {
      signal?.throwIfAborted()
      if (mayBegin(caller)) begin(caller)
      else await turnOf(caller, signal)
      try {
        return await work()
      } finally {
        end(caller)
      }
    },
  }
}
