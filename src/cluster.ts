// Several processes on one port (WORKERS). Each is a whole server: what they share is in the database and on the disk, and
// what one must tell the others goes through the database. This process only starts them, and starts them again.
import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { AggregatorRegistry, type Registry } from 'prom-client'
import type { Log } from './log.ts'

/** Between the end of a process and the start of the next, which may end as well. */
const PAUSE_MS = 200
const METRICS = 'waybill:metrics'
const SERVING = 'waybill:serving'

type MetricsQuestion = { type: typeof METRICS; id: number }
type Serving = { type: typeof SERVING; baseUrl: string; port: number }
type MetricsAnswer = MetricsQuestion & { text: string }

type Message = MetricsQuestion | MetricsAnswer | Serving

const isAbout = <Type extends Message['type']>(
  message: unknown,
  type: Type,
): message is Extract<Message, { type: Type }> =>
  typeof message === 'object' && message !== null && 'type' in message && message.type === type

/** In one of several processes: it answers requests from now on. */
export function tellThatItServes(baseUrl: string, port: number): void {
  process.send?.({ type: SERVING, baseUrl, port } satisfies Serving)
}

/** The sum of all processes: whoever is asked, the numbers only grow. */
function answerMetrics(registry: AggregatorRegistry<'text/plain; version=0.0.4; charset=utf-8'>): void {
  cluster.on('message', async (worker: Worker, message: unknown) => {
    if (!isAbout(message, METRICS)) return
    const text = await registry.clusterMetrics().catch(() => '')
    if (worker.isConnected()) worker.send({ ...message, text } satisfies MetricsAnswer)
  })
}

/** Lets the process that started this one collect these. */
export function shareMetrics(registry: Registry): void {
  AggregatorRegistry.setRegistries([registry])
  new AggregatorRegistry()
}

let questions = 0

/** In one of several processes: the metrics of all of them. */
export async function clusterMetrics(): Promise<string> {
  const id = ++questions
  process.send?.({ type: METRICS, id } satisfies MetricsQuestion)
  return new Promise((resolve) => {
    const listen = (message: unknown) => {
      if (!isAbout(message, METRICS) || message.id !== id) return
      process.off('message', listen)
      resolve((message as MetricsAnswer).text)
    }
    process.on('message', listen)
  })
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
    if (!isAbout(message, SERVING)) return
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
