// Runs several processes on one port (WORKERS). Each process is a complete server. They share the database and the disk, and send
// messages to each other only through the database. This process starts and restarts them.
import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { AggregatorRegistry } from 'prom-client'
import type { Log } from './foundation/log.ts'
import { answerMetrics } from './http/cluster-metrics.ts'

/** The pause before a process is restarted, because the new process may end at once, too. */
const PAUSE_MS = 200
const SERVING = 'waybill:serving'

type Serving = { type: typeof SERVING; baseUrl: string; port: number }

const saysThatItServes = (message: unknown): message is Serving =>
  typeof message === 'object' && message !== null && 'type' in message && message.type === SERVING

/** Tells the main process that this worker serves. Does nothing in a single process. */
export function tellThatItServes(baseUrl: string, port: number): void {
  process.send?.({ type: SERVING, baseUrl, port } satisfies Serving)
}

/**
 * Switches off the helper threads of V8's young-generation collector when every core has a process, because the helpers would
 * wait for busy cores. A request costs about 5 % less CPU without them.
 */
const optionsOfWorkers = (count: number) =>
  count >= availableParallelism() ? [...process.execArgv, '--no-parallel-scavenge'] : process.execArgv

/** Runs the number of copies of this command until a signal ends them. When a copy cannot start, exits with its exit code. */
export async function runWorkers(count: number, log: Log): Promise<void> {
  answerMetrics(new AggregatorRegistry())
  // `advanced`, because JSON has no NaN, which metrics say while the database is away.
  cluster.setupPrimary({ execArgv: optionsOfWorkers(count), serialization: 'advanced' })
  let ending = false
  const end = (signal: NodeJS.Signals = 'SIGTERM') => {
    ending = true
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill(signal)
  }
  process.on('SIGTERM', () => end())
  // A closed terminal sends SIGHUP. The workers may already have it, and ignore a second one.
  process.on('SIGHUP', () => end('SIGHUP'))
  // A terminal sends SIGINT to all processes itself, and a second signal would cut off open requests.
  process.on('SIGINT', () => {
    ending = true
    if (!process.stdin.isTTY) end()
  })

  // Later workers get the address of the first worker, which may have chosen a free port.
  const where: Record<string, string> = {}
  let hasServed: () => void
  const served = new Promise<void>((resolve) => (hasServed = resolve))
  cluster.on('message', ({ process: { pid } }, message: unknown) => {
    if (!saysThatItServes(message)) return
    where.BASE_URL = message.baseUrl
    where.PORT = String(message.port)
    log.info({ workerPid: pid }, 'a worker serves')
    hasServed()
  })

  async function keep(worker: Worker): Promise<void> {
    const [code, signal] = (await once(worker, 'exit')) as [number | null, string | null]
    if (ending) return
    log.error({ workerPid: worker.process.pid, code, signal }, 'a worker ended')
    if (where.BASE_URL) {
      await setTimeout(PAUSE_MS)
      return keep(cluster.fork(where))
    }
    // The first worker could not start and has printed the reason.
    process.exitCode = code ?? 1
    end()
  }

  // The first worker prepares the database and the demo, and prints the reason when it fails.
  const first = cluster.fork()
  const kept = keep(first)
  await Promise.race([served, kept])
  const others = ending ? [] : Array.from({ length: count - 1 }, () => keep(cluster.fork(where)))
  await Promise.all([kept, ...others])
}
