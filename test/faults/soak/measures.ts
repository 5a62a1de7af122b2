// What the servers take of the machine, and whether that grows.
import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { withConnection } from '../../../src/database/connections/connection.ts'
import type { Fleet, Node } from './fleet.ts'

async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const sizes = await Promise.all(
    entries.map(({ parentPath, name }) =>
      stat(path.join(parentPath, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

const ofProcess = (pid: number, file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')

const memoryOf = async ({ server }: Node) =>
  Number(/VmRSS:\s+(\d+)/.exec(await ofProcess(server().pid, 'status'))?.[1] ?? 0) / 1024

const descriptorsOf = async ({ server }: Node) => (await readdir(`/proc/${server().pid}/fd`).catch(() => [])).length

/** All processes that work on the repositories, also those that a killed server left behind. */
async function countProcesses(repositoriesDir: string): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const texts = await Promise.all(
    pids.map(async (pid) => (await ofProcess(pid, 'cmdline')) + (await ofProcess(pid, 'environ'))),
  )
  return texts.filter((text) => text.includes(repositoriesDir)).length
}

const ofDatabase = (url: string) =>
  withConnection(url, async (client) => {
    const { rows } = await client.query<{ bytes: string; connections: number }>(`
      SELECT pg_database_size(current_database()) AS bytes, count(*)::int AS connections
      FROM pg_stat_activity WHERE datname = current_database()`)
    return { bytes: Number(rows[0]?.bytes), connections: rows[0]?.connections ?? 0 }
  })

export type Sample = {
  /** MB */
  'memory of the steady server': number
  'memory of the killed server': number
  'descriptors of the steady server': number
  'descriptors of the killed server': number
  processes: number
  'connections of the database': number
  /** MB */
  'disk of the servers': number
  /** What is kept of all writes: database, repositories and bucket. Grows with `written`. */
  keptBytes: number
  written: number
}

const MB = 1024 ** 2

export async function measure(
  { steady, victim, repositoriesDir, bucket, databaseUrl }: Fleet,
  written: number,
): Promise<Sample> {
  const database = await ofDatabase(databaseUrl)
  const own = await Promise.all([steady, victim].map(({ dataDir }) => bytesBelow(dataDir)))
  const kept = await Promise.all([repositoriesDir, bucket.directory].map(bytesBelow))
  return {
    'memory of the steady server': await memoryOf(steady),
    'memory of the killed server': await memoryOf(victim),
    'descriptors of the steady server': await descriptorsOf(steady),
    'descriptors of the killed server': await descriptorsOf(victim),
    processes: await countProcesses(repositoriesDir),
    'connections of the database': database.connections,
    'disk of the servers': own.reduce((sum, bytes) => sum + bytes, 0) / MB,
    keptBytes: database.bytes + kept.reduce((sum, bytes) => sum + bytes, 0),
    written,
  }
}

type Flat = Exclude<keyof Sample, 'keptBytes' | 'written'>

/** By how much the last quarter may be above the first: a part of it, and so many units. A server warms up for some minutes. */
const allowances = (minutes: number): Record<Flat, [part: number, units: number]> => {
  const warmth = minutes < 20 ? 250 : 40
  return {
    'memory of the steady server': [0.15, warmth],
    'memory of the killed server': [0.15, warmth],
    'descriptors of the steady server': [0, 15],
    'descriptors of the killed server': [0, 15],
    processes: [0, 5],
    'connections of the database': [0, 10],
    'disk of the servers': [0.2, 30],
  }
}

const medianOf = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

function perWrite(samples: readonly Sample[]): number {
  const [first, last] = [samples[0], samples.at(-1)]
  return first && last ? (last.keptBytes - first.keptBytes) / Math.max(last.written - first.written, 1) : 0
}

/** The figures of the first and the last quarter, and those that have grown. What is kept of a write may not take ever more disk. */
export function compare(samples: readonly Sample[], minutes: number) {
  // The first minutes are a server's start.
  const warm = samples.slice(Math.floor(samples.length / 10))
  const quarter = Math.max(Math.floor(warm.length / 4), 1)
  const [first, last] = [warm.slice(0, quarter), warm.slice(-quarter)]
  const bytes = [perWrite(first), perWrite(last)] as const
  const isMore = bytes[1] > 2 * bytes[0] + 20_000
  const lines = [`bytes kept of a write: ${Math.round(bytes[0])} -> ${Math.round(bytes[1])}`]
  const grown = isMore ? ['bytes kept of a write'] : []
  for (const [name, [part, units]] of Object.entries(allowances(minutes)) as [Flat, [number, number]][]) {
    const [before, after] = [first, last].map((some) => medianOf(some.map((sample) => sample[name]))) as [
      number,
      number,
    ]
    lines.push(`${name}: ${before.toFixed(0)} -> ${after.toFixed(0)}`)
    if (after > before * (1 + part) + units) grown.push(name)
  }
  return { lines, grown }
}
