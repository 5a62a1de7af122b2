import { Counter, Gauge, type Registry } from 'prom-client'
import type { ReadTarget, Replica } from '../database/replicas/replicas.ts'

export type ReplicaMetrics = {
  observeRead: (to: ReadTarget) => void
  /** Adds the replicas of which the metrics tell. */
  watchReplicas: (replicas: readonly Replica[]) => void
}

const GAUGES = {
  bytes: ['waybill_replica_lag_bytes', "Bytes of the primary's log that the replica has not replayed."],
  seconds: [
    'waybill_replica_lag_seconds',
    "Age in seconds of the oldest part of the primary's log that the replica has not replayed.",
  ],
  usable: [
    'waybill_replica_usable',
    '1 while requests may read from the replica; 0 while it is away or too far behind.',
  ],
} as const

const stateOf = ({ lag, isUsable }: Replica) => ({
  bytes: lag.bytes(),
  seconds: lag.milliseconds() / 1000,
  usable: isUsable ? 1 : 0,
})

export function registerReplicas(registry: Registry): ReplicaMetrics {
  const reads = new Counter({
    name: 'waybill_replica_reads_total',
    help: 'Requests that may read from a replica, by where they did: replica, primary (no replica would do). again: reads that failed and were repeated on the primary.',
    labelNames: ['to'],
    registers: [registry],
  })
  for (const to of ['replica', 'primary', 'again']) reads.inc({ to }, 0)
  const watched: Replica[] = []
  for (const [key, [name, help]] of Object.entries(GAUGES)) {
    new Gauge({
      ...{ name, help, labelNames: ['replica'], registers: [registry] },
      // The worst of all processes, which each look for themselves.
      aggregator: key === 'usable' ? 'min' : 'max',
      collect() {
        for (const replica of watched) this.set({ replica: replica.name }, stateOf(replica)[key as keyof typeof GAUGES])
      },
    })
  }
  return { observeRead: (to) => reads.inc({ to }), watchReplicas: (replicas) => void watched.push(...replicas) }
}
