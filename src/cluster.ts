// Several processes on one port (WORKERS). Each is a whole server: what they share is in the database and on the disk, and
// what one must tell the others goes through the database. This process only starts them, and starts them again.
import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { AggregatorRegistry } from 'prom-client'
import type { Log } from './foundation/log.ts'
import { answerMetrics } from './http/cluster-metrics.ts'

/** Between the end of a process and the start of the next, which may end as well. */
const PAUSE_MS = 200
const SERVING = 'waybill:serving'

type Serving = { type: typeof SERVING; baseUrl: string; port: number }

const saysThatItServes = (message: unknown): message is Serving =>
  typeof message === 'object' && message !== null && 'type' in message && message.type === SERVING

/** In one of several processes: it answers requests from now on. */
export function tellThatItServes(baseUrl: string, port: number): void {
  process.send?.({ type: SERVING, baseUrl, port } satisfies Serving)
}

/**
 * Where each core has a process, helpers of V8's collector of young objects would wait for cores that others use: without
 * them a request cost 5 % less CPU, as far as that can be told.
 */
const optionsOfWorkers = (count: number) =>
  count >= availableParallelism() ? [...process.execArgv, '--no-parallel-scavenge'] : process.execArgv

/** Runs so many copies of this command until a signal ends them. The exit code is that of one that could not start. */
export async function runWorkers(count: number, log: Log): Promise<void> {
  answerMetrics(new AggregatorRegistry())
  cluster.setupPrimary({ execArgv: optionsOfWorkers(count) })
  let ending = false
  const end = (signal: NodeJS.Signals = 'SIGTERM') => {
    ending = true
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill(signal)
  }
  process.on('SIGTERM', () => end())
  // Of a terminal that is closed; each may have it already, and takes no notice of a second one.
  process.on('SIGHUP', () => end('SIGHUP'))
  // A terminal sends it to all processes itself, and a second signal would cut off what is in flight.
  process.on('SIGINT', () => {
    ending = true
    if (!process.stdin.isTTY) end()
  })

  // Those that come later know where the first one listens, also on a port that was free.
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
    // The first cannot start, and its line has said why.
    process.exitCode = code ?? 1
    end()
  }

  // The first prepares the database and the demo, and says why when it cannot.
  const first = cluster.fork()
  const kept = keep(first)
  await Promise.race([served, kept])
  const others = ending ? [] : Array.from({ length: count - 1 }, () => keep(cluster.fork(where)))
  await Promise.all([kept, ...others])
}
