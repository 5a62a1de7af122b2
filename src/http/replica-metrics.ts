import { Counter, Gauge, type Registry } from 'prom-client'
import type { ReadTarget, Replica } from '../database/replicas/replicas.ts'

export type ReplicaMetrics = {
  observeRead: (to: ReadTarget) => void
  /** Adds metrics about the replicas of the database. */
  watchReplicas: (replicas: readonly Replica[]) => void
}

export function replicaMetrics(registry: Registry): ReplicaMetrics {
  const reads = new Counter({
    name: 'waybill_replica_reads_total',
    help: 'Requests that may read from a replica: replica, primary (no replica had what the viewer must see). again: reads repeated on the primary.',
    labelNames: ['to'],
    registers: [registry],
  })
  return {
    observeRead: (to) => reads.inc({ to }),
    watchReplicas: (replicas) => watchReplicas(registry, replicas),
  }
}

const LAG = {
  bytes: ['waybill_replica_lag_bytes', "Bytes of the primary's log that the replica has not replayed."],
  seconds: [
    'waybill_replica_lag_seconds',
    "Age of the oldest part of the primary's log that the replica has not replayed.",
  ],
  usable: [
    'waybill_replica_usable',
    'Whether requests may read from the replica: 1, or 0 while it is away or too far behind.',
  ],
} as const

const lagOf = ({ lag, isUsable }: Replica) => ({
  bytes: lag.bytes(),
  seconds: lag.milliseconds() / 1000,
  usable: isUsable ? 1 : 0,
})

function watchReplicas(registry: Registry, replicas: readonly Replica[]): void {
  for (const [key, [name, help]] of Object.entries(LAG)) {
    new Gauge({
      ...{ name, help },
      labelNames: ['replica'],
      // The worst of all processes, which each look for themselves.
      aggregator: key === 'usable' ? 'min' : 'max',
      registers: [registry],
      collect() {
        for (const replica of replicas) this.set({ replica: replica.name }, lagOf(replica)[key as keyof typeof LAG])
      },
    })
  }
}
