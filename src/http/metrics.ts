import cluster from 'node:cluster'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { version } from '../foundation/version.ts'
import { tasks } from '../jobs/tasks.ts'
import type { DeliveryResult } from '../modules/webhooks/deliver.ts'
import type { StorageFailure } from '../storage/storage-failure.ts'
import { clusterMetrics, shareMetrics } from './cluster-metrics.ts'
import { registerDatabase } from './database-metrics.ts'
import { type ReplicaMetrics, registerReplicas } from './replica-metrics.ts'
import { mergeSources, registerWatched, type Sources } from './watched-metrics.ts'

type DescribedMetric = { name: string; help: string; type: string; labels: readonly string[] }

export type Metrics = ReplicaMetrics & {
  observe: (door: string, status: number, seconds: number) => void
  /** Counts a request that a rate limit refused. The budget is `account`, `address`, or `refusals` for wrong credentials. */
  observeRefusal: (door: string, budget: string) => void
  /** Counts a connection that was cut off, because its client did not read or because a body arrived too slowly. */
  observeCut: (reason: 'unread' | 'slow') => void
  observeJob: (task: string, result: 'done' | 'failed') => void
  observeMail: (result: 'sent' | 'refused' | 'failed') => void
  observeDelivery: (result: DeliveryResult) => void
  observeStorageFailure: (failure: StorageFailure) => void
  /** Counts spans for the collector of traces. */
  observeSpans: (result: 'exported' | 'failed' | 'dropped', count: number) => void
  /** Counts a file that a row names and that the storage does not have. */
  observeMissingFile: () => void
  /** Adds parts of this process that tell of themselves. */
  watch: (sources: Partial<Sources>) => void
  /** Every metric, for the page that explains them: our own, and those of Node. */
  described: () => { own: DescribedMetric[]; ofNode: DescribedMetric[] }
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

/** The metrics that are counted when something happens. The label is the door, because the number of paths has no limit. */
function registerCounted(registry: Registry) {
  const duration = new Histogram({
    name: 'waybill_http_request_duration_seconds',
    help: 'Seconds to answer a request, by door and status.',
    labelNames: ['door', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  })
  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers: [registry] })
  const jobs = counter('waybill_jobs_total', 'Attempts at jobs in this process, by task and result: done, failed.', [
    ...['task', 'result'],
  ])
  const limited = counter(
    'waybill_rate_limited_total',
    'Requests that a rate limit refused in this process, by door and by the budget that was used up.',
    ['door', 'budget'],
  )
  const cut = counter(
    'waybill_connections_cut_total',
    'Connections cut off in this process, by reason: unread (client did not read), slow (body arrived too slowly).',
    ['reason'],
  )
  const mails = counter(
    'waybill_mails_total',
    'Attempts at mails in this process, by result: sent, refused (for good), failed (to be tried again).',
    ['result'],
  )
  const deliveries = counter(
    'waybill_webhook_deliveries_total',
    'Attempts at deliveries of webhooks in this process, by result: delivered, failed.',
    ['result'],
  )
  const failures = counter(
    'waybill_storage_errors_total',
    'Failures to store, read, remove or list files, by kind: full, read_only, broken (disk), away (bucket).',
    ['operation', 'kind'],
  )
  const missing = counter(
    'waybill_missing_files_total',
    'Files that were asked for in this process and that the storage has lost. The log and `waybill doctor` name each.',
    [],
  )
  // At 0 from the start, because Prometheus sees an increase only of what was there before.
  for (const task of Object.keys(tasks)) for (const result of ['done', 'failed']) jobs.inc({ task, result }, 0)
  for (const result of ['sent', 'refused', 'failed']) mails.inc({ result }, 0)
  for (const result of ['delivered', 'failed']) deliveries.inc({ result }, 0)
  for (const operation of ['put', 'get', 'remove', 'list']) {
    for (const kind of ['full', 'read_only', 'broken', 'away']) failures.inc({ operation, kind }, 0)
  }
  return {
    observe: (door, status, seconds) => duration.observe({ door, status }, seconds),
    observeRefusal: (door, budget) => limited.inc({ door, budget }),
    observeCut: (reason) => cut.inc({ reason }),
    observeJob: (task, result) => jobs.inc({ task, result }),
    observeMail: (result) => mails.inc({ result }),
    observeDelivery: (result) => deliveries.inc({ result }),
    observeMissingFile: () => missing.inc(),
    observeStorageFailure: ({ operation, kind }) => failures.inc({ operation, kind }),
    ...registerSpans(registry),
  } satisfies Partial<Metrics>
}

function registerSpans(registry: Registry): Pick<Metrics, 'observeSpans'> {
  const spans = new Counter({
    name: 'waybill_spans_total',
    help: 'Spans that were made for the collector of traces, by result: exported, failed (not taken), dropped (too many waited).',
    labelNames: ['result'],
    registers: [registry],
  })
  for (const result of ['exported', 'failed', 'dropped']) spans.inc({ result }, 0)
  return { observeSpans: (result, count) => spans.inc({ result }, count) }
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

/** The library's types leave out the names of the labels. */
const describe = (registry: Registry): DescribedMetric[] =>
  registry.getMetricsAsArray().map((metric) => {
    const { name, help, type, labelNames } = metric as typeof metric & { type: string; labelNames: string[] }
    return { name, help, type, labels: labelNames }
  })

/** The Prometheus metrics of this process. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  const registries = [nodeMetrics(), registry]
  if (cluster.isWorker) shareMetrics(registries)
  const sources: Partial<Sources> = {}
  const counted = registerCounted(registry)
  registerDatabase(registry)
  const replicas = registerReplicas(registry)
  registerWatched(registry, sources)
  registerBuild(registry)
  const text = () => (cluster.isWorker ? clusterMetrics() : Registry.merge(registries).metrics())
  let printing: Promise<string> | undefined
  return {
    ...counted,
    ...replicas,
    watch: (more) => mergeSources(sources, more),
    described: () => ({ own: describe(registry), ofNode: describe(nodeMetrics()) }),
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
