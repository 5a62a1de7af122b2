import { callerOf } from '../access/caller.ts'
import type { Context } from '../context/context.ts'
import { AppError } from '../foundation/errors.ts'

/** More subscriptions than a page or a script needs, and fewer than would burden the server. */
const MAX_OPEN = 100

/** Counts a subscription as open and returns the function that ends it, which may be called again. Throws at the limit. */
export type OpenSubscription = (context: Context) => () => void

export type Subscriptions = { open: OpenSubscription; count: () => number }

/** Counts the open subscriptions of each account, or of each address without an account, in this process. */
export function countSubscriptions(): Subscriptions {
  const open = new Map<string, Set<symbol>>()
  const begin = (context: Context) => {
    const subscriber = callerOf(context)
    const own = open.get(subscriber) ?? new Set()
    if (own.size >= MAX_OPEN) {
      const who = context.viewer.user ? 'An account' : 'An address without an account'
      throw new AppError('UNPROCESSABLE', `${who} may have at most ${MAX_OPEN} subscriptions open: close one first`)
    }
    const one = Symbol('subscription')
    open.set(subscriber, own.add(one))
    return () => {
      if (own.delete(one) && own.size === 0) open.delete(subscriber)
    }
  }
  const count = () => [...open.values()].reduce((sum, { size }) => sum + size, 0)
  return { open: begin, count }
}
