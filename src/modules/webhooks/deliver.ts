// Sends what is due, for as many deliveries at a time as there are places. Waiting for receivers takes no place of other jobs.
import type { Log } from '../../foundation/log.ts'
import { traced } from '../../foundation/tracing.ts'
import type { Reachable } from '../../outgoing/reachable.ts'
import { type Due, isSuccess, record, send } from './attempt.ts'
import { type Claimed, claimDeliveries, unclaim } from './claim-deliveries.ts'

const PLACES = 64
/** Receivers that have failed, or were never asked, share half of the places. So those that answer always find one. */
const PLACES_FOR_UNPROVEN = 32
const PLACES_OF_HOST = 8
/** Deliveries that wait for a pause, or that another process has left. */
const LOOK_EVERY_MS = 1_000

export type DeliveryResult = 'delivered' | 'failed'

export type DeliverOptions = {
  baseUrl: string
  mayReach: Reachable
  log: Log
  onDelivery: (result: DeliveryResult) => void
}

export type Deliveries = {
  /** Looks at once for deliveries that are due. */
  wake: () => void
  /** Gives back what is being sent. The receiver may get it twice. */
  stop: () => Promise<void>
}

function placesLeft(busy: ReadonlyMap<number, Due>) {
  const ofHosts: Record<string, number> = {}
  let unproven = 0
  for (const { webhook } of busy.values()) {
    ofHosts[webhook.host] = (ofHosts[webhook.host] ?? 0) + 1
    if (!webhook.proven) unproven += 1
  }
  const freeForUnproven = PLACES_FOR_UNPROVEN - unproven
  return { free: PLACES - busy.size, freeForUnproven, ofHost: PLACES_OF_HOST, busy: ofHosts }
}

export function startDeliveries({ log, onDelivery, ...parts }: DeliverOptions): Deliveries {
  const stopping = new AbortController()
  const busy = new Map<number, Due>()
  let looking: Promise<void> | null = null
  let again = false

  const deliver = async (due: Claimed) => {
    const { id } = due.delivery
    try {
      const sending = () => send(due, { ...parts, signal: stopping.signal })
      const outcome = await traced(() => ({ name: 'webhook', kind: 'client', cause: due.cause }), sending)
      await record(due, outcome)
      onDelivery(isSuccess(outcome) ? 'delivered' : 'failed')
    } catch (error) {
      // The claim ends by itself, and then somebody sends it again.
      if (!stopping.signal.aborted) log.error({ err: error, deliveryId: id }, 'a delivery could not be recorded')
    } finally {
      busy.delete(id)
      if (!stopping.signal.aborted) wake()
    }
  }

  const look = async () => {
    do {
      again = false
      const places = placesLeft(busy)
      const due = places.free > 0 && !stopping.signal.aborted ? await claimDeliveries(places) : []
      for (const one of due) {
        busy.set(one.delivery.id, one)
        void deliver(one)
      }
    } while (again && !stopping.signal.aborted)
  }

  function wake(): void {
    again = true
    looking ??= look()
      .catch((error) => log.warn({ err: error }, 'cannot look for deliveries'))
      .finally(() => {
        looking = null
      })
  }

  const timer = setInterval(wake, LOOK_EVERY_MS)
  wake()
  const stop = async () => {
    clearInterval(timer)
    stopping.abort()
    await looking
    const left = [...busy.keys()]
    if (left.length > 0) await unclaim(left).catch(() => undefined)
  }
  return { wake, stop }
}
