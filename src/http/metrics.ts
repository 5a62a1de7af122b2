import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'

export type Metrics = {
  observe: (door: string, status: number, seconds: number) => void
  print: () => Promise<string>
  contentType: string
}

/** Prometheus metrics of this process. The door, not the path, is a label: paths hold names and have no bound. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const duration = new Histogram({
    name: 'waybill_http_request_duration_seconds',
    help: 'Time to answer a request, by door and status.',
    labelNames: ['door', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  })
  return {
    observe: (door, status, seconds) => duration.observe({ door, status }, seconds),
    print: () => registry.metrics(),
    contentType: registry.contentType,
  }
}
