// The metrics of several processes on one port (WORKERS). Whichever process is asked, it answers with the sums of all processes.
import cluster, { type Worker } from 'node:cluster'
import { AggregatorRegistry, type Registry } from 'prom-client'

const METRICS = 'waybill:metrics'

type MetricsQuestion = { type: typeof METRICS; id: number }
type MetricsAnswer = MetricsQuestion & { text: string }

const isAboutMetrics = (message: unknown): message is MetricsQuestion =>
  typeof message === 'object' && message !== null && 'type' in message && message.type === METRICS

/** Answers each process with the sums of all processes, so that the numbers only grow, whichever process a client asks. */
export function answerMetrics(registry: AggregatorRegistry<'text/plain; version=0.0.4; charset=utf-8'>): void {
  cluster.on('message', async (worker: Worker, message: unknown) => {
    if (!isAboutMetrics(message)) return
    const text = await registry.clusterMetrics().catch(() => '')
    if (worker.isConnected()) worker.send({ ...message, text } satisfies MetricsAnswer)
  })
}

/** Lets the process that started this process collect its metrics. */
export function shareMetrics(registry: Registry): void {
  AggregatorRegistry.setRegistries([registry])
  new AggregatorRegistry()
}

let questions = 0

/** Asks the process that started this process for the metrics of all processes. */
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
