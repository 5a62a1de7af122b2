import type { Config } from '../config.ts'
import type { Log } from '../foundation/log.ts'
import { useTracer } from '../foundation/tracing.ts'
import type { Metrics } from '../http/metrics.ts'

/** Traces if the configuration names a collector. Otherwise nothing of OpenTelemetry's SDK is loaded. */
export async function openTraces(
  { traces }: Pick<Config, 'traces'>,
  { log, metrics }: { log: Log; metrics: Metrics },
): Promise<{ close: () => Promise<void> }> {
  if (!traces) return { close: async () => {} }
  const { startTraces } = await import('./otlp-tracer.ts')
  const { tracer, close } = startTraces({ log, onSpans: metrics.observeSpans })
  useTracer(tracer)
  return {
    async close() {
      useTracer(null)
      await close()
    },
  }
}
