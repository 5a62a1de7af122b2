import { callerOf } from '../access/caller.ts'
import type { Context } from '../context/context.ts'
import { AppError } from '../foundation/errors.ts'

/** More than a page or a script listens to, fewer than would burden the server. */
const MAX_OPEN = 100

/** Notes one more that is open and returns what ends it, once however often it is called. Throws when there are too many. */
export type OpenSubscription = (context: Context) => () => void

/** Counts, in this process, what each account has open; without accounts, each address. */
export function countSubscriptions(): OpenSubscription {
  const open = new Map<string, Set<symbol>>()
  return (context) => {
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
}
