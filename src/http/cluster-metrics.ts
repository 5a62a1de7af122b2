// The metrics of several processes on one port (WORKERS): whichever process is asked, it answers with the sum of all of them.
import cluster, { type Worker } from 'node:cluster'
import { AggregatorRegistry, type Registry } from 'prom-client'

const METRICS = 'waybill:metrics'

type MetricsQuestion = { type: typeof METRICS; id: number }
type MetricsAnswer = MetricsQuestion & { text: string }

const isAboutMetrics = (message: unknown): message is MetricsQuestion =>
  typeof message === 'object' && message !== null && 'type' in message && message.type === METRICS

/** The sum of all processes: whoever is asked, the numbers only grow. */
export function answerMetrics(registry: AggregatorRegistry<'text/plain; version=0.0.4; charset=utf-8'>): void {
  cluster.on('message', async (worker: Worker, message: unknown) => {
    if (!isAboutMetrics(message)) return
    const text = await registry.clusterMetrics().catch(() => '')
    if (worker.isConnected()) worker.send({ ...message, text } satisfies MetricsAnswer)
  })
}

/** Lets the process that started this one collect these. */
export function shareMetrics(registries: Registry[]): void {
  AggregatorRegistry.setRegistries(registries)
  new AggregatorRegistry()
}

let questions = 0

/** In one of several processes: the metrics of all of them. */
export async function clusterMetrics(): Promise<string> {
  const id = ++questions
  process.send?.({ type: METRICS, id } satisfies MetricsQuestion)
  return new Promise((resolve) => {
    const listen = (message: unknown) => {
      if (!isAboutMetrics(message) || message.id !== id) return
      process.off('message', listen)
      resolve((message as MetricsAnswer).text)
    }
    process.on('message', listen)
  })
}
