// What parts of this process tell of themselves whenever the metrics are read. A part that a process does not have tells nothing.
import { statfs } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { Counter, Gauge, type Registry } from 'prom-client'
import type { Load } from '../foundation/bounded-queue.ts'
import type { CacheStatistics } from '../foundation/cache-statistics.ts'

export type Sources = {
  /** Why requests cannot be answered now; null when they can. */
  unready: () => Promise<string | null>
  /** By name. The size of archives is on the disk, and is not told. */
  caches: Partial<Record<'answers' | 'operations' | 'commits' | 'archives', () => Partial<CacheStatistics>>>
  /** Work that is bounded, by name. */
  work: Partial<Record<'git' | 'archives' | 'uploads', () => Load>>
  gitProcesses: () => number
  subscriptions: () => number
  connections: () => Readonly<Record<'used' | 'idle' | 'waiting', number>>
  /** The folders whose disks are told, by name. */
  folders: Readonly<Record<'data' | 'repositories', string>>
}

/** Merges by name, so that each part tells of itself. */
export function mergeSources(known: Partial<Sources>, more: Partial<Sources>): void {
  const { caches, work, ...others } = more
  Object.assign(known, others)
  known.caches = { ...known.caches, ...caches }
  known.work = { ...known.work, ...work }
}

/** A disk that does not answer, such as a lost network file system, must not hold up the metrics. */
const PATIENCE_MS = 1_000

type Disk = { size: number; available: number }

async function diskOf(folder: string): Promise<Disk> {
  const unknown = { size: Number.NaN, available: Number.NaN }
  const asked = statfs(folder).then(
    ({ bsize, blocks, bavail }) => ({ size: blocks * bsize, available: bavail * bsize }),
    () => unknown,
  )
  return Promise.race([asked, setTimeout(PATIENCE_MS, unknown, { ref: false })])
}

type Shape = { name: string; help: string; labels?: string[]; aggregator?: 'first' | 'min' | 'max' }

export function registerWatched(registry: Registry, sources: Partial<Sources>): void {
  const gauge = ({ name, help, labels = [], aggregator }: Shape, collect: (gauge: Gauge) => void | Promise<void>) =>
    new Gauge({
      ...{ name, help, labelNames: labels, registers: [registry] },
      ...(aggregator ? { aggregator } : {}),
      collect() {
        return collect(this)
      },
    })
  registerProcess(gauge, sources)
  registerCaches(gauge, sources, registry)
  registerWork(gauge, sources)
}

type MakeGauge = (shape: Shape, collect: (gauge: Gauge) => void | Promise<void>) => unknown

const READY = {
  name: 'waybill_ready',
  help: '1 while requests can be answered, as /ready says; 0 otherwise.',
  aggregator: 'min',
} as const
const STARTED = {
  name: 'waybill_start_time_seconds',
  help: 'When the process started, in seconds since 1970; of several processes the last one.',
  aggregator: 'max',
} as const
const MEMORY = {
  name: 'waybill_memory_limit_bytes',
  help: 'Memory in bytes that all processes together may have: the limit of the container, or what the machine has.',
  aggregator: 'first',
} as const
const DISK_SIZE = {
  ...{ name: 'waybill_disk_size_bytes', help: 'Size in bytes of the disk that holds the folder: data, repositories.' },
  ...{ labels: ['folder'], aggregator: 'first' as const },
}
const DISK_AVAILABLE = {
  name: 'waybill_disk_available_bytes',
  help: 'Bytes that this server may still write on the disk that holds the folder: data, repositories.',
  ...{ labels: ['folder'], aggregator: 'first' as const },
}

const memoryLimit = () => {
  const limit = process.constrainedMemory()
  return limit > 0 && limit < totalmem() ? limit : totalmem()
}

function registerProcess(gauge: MakeGauge, sources: Partial<Sources>): void {
  gauge(READY, async (ready) => {
    const reason = sources.unready ? await sources.unready().catch(String) : 'the server is starting'
    ready.set(reason === null ? 1 : 0)
  })
  gauge(STARTED, (started) => started.set(Math.round(Date.now() / 1000 - process.uptime())))
  gauge(MEMORY, (memory) => memory.set(memoryLimit()))
  const ofDisks = (key: keyof Disk) => async (disk: Gauge) => {
    for (const [folder, path] of Object.entries(sources.folders ?? {})) disk.set({ folder }, (await diskOf(path))[key])
  }
  gauge(DISK_SIZE, ofDisks('size'))
  gauge(DISK_AVAILABLE, ofDisks('available'))
}

const CACHES = {
  entries: ['waybill_cache_entries', 'What is kept in memory, by cache: answers, operations (of GraphQL), commits.'],
  bytes: ['waybill_cache_bytes', 'Estimated memory in bytes of what is kept, by cache. It has a bound.'],
} as const
const ASKED = {
  name: 'waybill_cache_requests_total',
  help: 'Questions to a cache (answers, operations, commits, archives) by result: hit, miss.',
  labelNames: ['cache', 'result'],
}

function registerCaches(gauge: MakeGauge, sources: Partial<Sources>, registry: Registry): void {
  const each = (read: (cache: string, statistics: Partial<CacheStatistics>) => void) => {
    for (const [cache, statistics] of Object.entries(sources.caches ?? {})) read(cache, statistics())
  }
  for (const [key, [name, help]] of Object.entries(CACHES)) {
    gauge({ name, help, labels: ['cache'] }, (kept) =>
      each((cache, statistics) => {
        const value = statistics[key as keyof typeof CACHES]
        if (value !== undefined) kept.set({ cache }, value)
      }),
    )
  }
  new Counter({
    ...{ ...ASKED, registers: [registry] },
    collect() {
      // The caches count, and the counter only tells.
      this.reset()
      each((cache, { hits = 0, misses = 0 }) => {
        this.inc({ cache, result: 'hit' }, hits)
        this.inc({ cache, result: 'miss' }, misses)
      })
    },
  })
}

const WORK = {
  name: 'waybill_work',
  help: 'Work that is bounded, by kind (git, archives, uploads) and state: running, or waiting for its turn.',
  labels: ['work', 'state'],
}
const GIT = { name: 'waybill_git_processes', help: 'Processes of git that run now, for requests and jobs.' }
const SUBSCRIPTIONS = { name: 'waybill_subscriptions', help: 'Subscriptions of GraphQL that are open.' }
const CONNECTIONS = {
  name: 'waybill_database_connections',
  help: 'Connections of the pool that serves requests, by state: used, idle, and waiting (requests without a connection).',
  labels: ['state'],
}

function registerWork(gauge: MakeGauge, sources: Partial<Sources>): void {
  gauge(WORK, (all) => {
    for (const [work, load] of Object.entries(sources.work ?? {})) {
      for (const [state, count] of Object.entries(load())) all.set({ work, state }, count)
    }
  })
  gauge(GIT, (git) => git.set(sources.gitProcesses?.() ?? 0))
  gauge(SUBSCRIPTIONS, (open) => open.set(sources.subscriptions?.() ?? 0))
  gauge(CONNECTIONS, (connections) => {
    for (const [state, count] of Object.entries(sources.connections?.() ?? {})) connections.set({ state }, count)
  })
}
