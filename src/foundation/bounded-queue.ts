// A queue that limits how much work runs at a time, in total and for each caller. More work waits in line. The queue rejects work
// with UNAVAILABLE when the line is full or when the work has waited too long. `p-limit` bounds neither the callers nor the line.
import { unavailable } from './errors.ts'

/** How much work runs now, and how much waits for its turn. */
export type Load = { running: number; waiting: number }

export type BoundedQueue = {
  /** Runs the work when it is the caller's turn. Rejects with UNAVAILABLE, or with the signal's reason while it waits. */
  run: <Result>(caller: string, work: () => Promise<Result>, signal?: AbortSignal) => Promise<Result>
  load: () => Load
}

export type QueueBounds = {
  /** The most pieces of work that run at a time. */
  running: number
  /** The length of the line. One caller takes at most half of it, so that other callers find a place. */
  waiting: number
  /** The most pieces of work of one caller that run at a time. */
  perCaller: number
  longestWaitMs: number
  /** The name of the work in the message of a refusal: "uploads". */
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
    // The loop passes over a waiter whose caller is at its limit, so that the waiter does not hold up the line behind it.
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
    load: () => ({ running: total, waiting: line.size }),
  }
}
