import cluster from 'node:cluster'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { countJobs } from '../database/job-queue.ts'
import { version } from '../foundation/version.ts'
import { countDamagedRepositories } from '../jobs/repository-maintenance.ts'
import { countMails } from '../modules/notifications/mail-queue.ts'
import { countDeliveries } from '../modules/webhooks/claim-deliveries.ts'
import type { DeliveryResult } from '../modules/webhooks/deliver.ts'
import type { KnownOperationsStatistics } from '../pipeline/known-operations.ts'
import { clusterMetrics, shareMetrics } from './cluster-metrics.ts'
import { type ReplicaMetrics, replicaMetrics } from './replica-metrics.ts'

export type Metrics = ReplicaMetrics & {
  observe: (door: string, status: number, seconds: number) => void
  /** Counts a request that a rate limit refused. The budget is `account`, `address`, or `refusals` for wrong credentials. */
  observeRefusal: (door: string, budget: string) => void
  /** Counts a connection that was cut off, because its client did not read or because a body arrived too slowly. */
  observeCut: (reason: 'unread' | 'slow') => void
  observeJob: (task: string, result: 'done' | 'failed') => void
  observeMail: (result: 'sent' | 'refused' | 'failed') => void
  observeDelivery: (result: DeliveryResult) => void
  /** Adds metrics about the operations that are kept in memory. */
  watchOperations: (statistics: () => KnownOperationsStatistics) => void
  print: () => Promise<string>
  contentType: string
}

let ofNode: Registry | undefined

/**
 * The metrics of Node itself exist once in the process, because prom-client never stops its observer of the garbage collector,
 * and the observer holds the registry.
 */
function nodeMetrics(): Registry {
  if (ofNode) return ofNode
  ofNode = new Registry()
  collectDefaultMetrics({ register: ofNode })
  return ofNode
}

/** The Prometheus metrics of this process. The label is the door, because the number of paths has no limit. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  const registries = [nodeMetrics(), registry]
  if (cluster.isWorker) shareMetrics(registries)
  const duration = new Histogram({
    name: 'waybill_http_request_duration_seconds',
    help: 'Seconds to answer a request, by door and status.',
    labelNames: ['door', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  })
  const jobs = new Counter({
    name: 'waybill_jobs_total',
    help: 'Attempts at jobs in this process, by task and result.',
    labelNames: ['task', 'result'],
    registers: [registry],
  })
  const limited = new Counter({
    name: 'waybill_rate_limited_total',
    help: 'Requests that a rate limit refused in this process, by door and by the budget that was used up.',
    labelNames: ['door', 'budget'],
    registers: [registry],
  })
  const cut = new Counter({
    name: 'waybill_connections_cut_total',
    help: 'Connections cut off in this process, by reason: unread (client did not read), slow (body arrived too slowly).',
    labelNames: ['reason'],
    registers: [registry],
  })
  const mails = new Counter({
    name: 'waybill_mails_total',
    help: 'Attempts at mails in this process, by result: sent, refused (for good), failed (to be tried again).',
    labelNames: ['result'],
    registers: [registry],
  })
  registerWaitingMails(registry)
  const deliveries = new Counter({
    name: 'waybill_webhook_deliveries_total',
    help: 'Attempts at deliveries of webhooks in this process, by result.',
    labelNames: ['result'],
    registers: [registry],
  })
  registerWaitingJobs(registry)
  registerWaitingDeliveries(registry)
  registerDamagedRepositories(registry)
  registerBuild(registry)
  const text = () => (cluster.isWorker ? clusterMetrics() : Registry.merge(registries).metrics())
  let printing: Promise<string> | undefined
  return {
    observe: (door, status, seconds) => duration.observe({ door, status }, seconds),
    observeRefusal: (door, budget) => limited.inc({ door, budget }),
    observeCut: (reason) => cut.inc({ reason }),
    observeJob: (task, result) => jobs.inc({ task, result }),
    observeMail: (result) => mails.inc({ result }),
    observeDelivery: (result) => deliveries.inc({ result }),
    ...replicaMetrics(registry),
    watchOperations: (statistics) => registerOperations(registry, statistics),
    // Requests that come while the text is made share it, because the database counts jobs for it.
    print() {
      printing ??= text().finally(() => {
        printing = undefined
      })
      return printing
    },
    contentType: registry.contentType,
  }
}

function registerDamagedRepositories(registry: Registry): void {
  new Gauge({
    name: 'waybill_repositories_damaged',
    help: 'Repositories with a problem at their last weekly verification by git. The log names each repository.',
    aggregator: 'first',
    registers: [registry],
    async collect() {
      this.set(await countDamagedRepositories().catch(() => Number.NaN))
    },
  })
}

function registerWaitingMails(registry: Registry): void {
  new Gauge({
    name: 'waybill_mails',
    help: 'Mails of all processes that wait to be sent, and mails that the mail server has refused for good.',
    labelNames: ['state'],
    aggregator: 'first',
    registers: [registry],
    async collect() {
      const counts = await countMails().catch(() => ({ waiting: Number.NaN, refused: Number.NaN }))
      for (const [state, count] of Object.entries(counts)) this.set({ state }, count)
    },
  })
}

/** Counts in the database whenever the metrics are read. The values are NaN while the database is away. */
function registerWaitingJobs(registry: Registry): void {
  new Gauge({
    name: 'waybill_jobs',
    help: 'Jobs in the queue of all processes: due, later (dated, or to be tried again), running, failed (given up).',
    labelNames: ['state'],
    // Every process has the same value.
    aggregator: 'first',
    registers: [registry],
    async collect() {
      const away = { due: Number.NaN, later: Number.NaN, running: Number.NaN, failed: Number.NaN }
      const counts = await countJobs().catch(() => away)
      for (const [state, count] of Object.entries(counts)) this.set({ state }, count)
    },
  })
}

function registerWaitingDeliveries(registry: Registry): void {
  new Gauge({
    name: 'waybill_webhook_deliveries',
    help: 'Deliveries of webhooks in the queue of all processes: due, later (to be tried again, or of a webhook that rests).',
    labelNames: ['state'],
    // Every process has the same value.
    aggregator: 'first',
    registers: [registry],
    async collect() {
      const counts = await countDeliveries().catch(() => ({ due: Number.NaN, later: Number.NaN }))
      for (const [state, count] of Object.entries(counts)) this.set({ state }, count)
    },
  })
}

/** The value is always 1. The labels hold the information, as is usual in Prometheus. */
function registerBuild(registry: Registry): void {
  const build = new Gauge({
    name: 'waybill_build_info',
    help: 'The versions of Waybill and of Node.',
    labelNames: ['version', 'node'],
    // Every process has the same value.
    aggregator: 'first',
    registers: [registry],
  })
  build.set({ version, node: process.version }, 1)
}

const OPERATIONS = {
  count: ['waybill_graphql_operations', 'GraphQL operations that are kept in memory, compiled if possible.'],
  bytes: ['waybill_graphql_operations_bytes', 'Estimated memory of these operations, which is bounded.'],
  hits: ['waybill_graphql_operations_hits', 'Operations that were found in memory since the start.'],
  misses: ['waybill_graphql_operations_misses', 'Operations that had to be parsed since the start.'],
} as const

function registerOperations(registry: Registry, statistics: () => KnownOperationsStatistics): void {
  for (const [key, [name, help]] of Object.entries(OPERATIONS)) {
    new Gauge({
      ...{ name, help },
      registers: [registry],
      collect() {
        this.set(statistics()[key as keyof typeof OPERATIONS])
      },
    })
  }
}
