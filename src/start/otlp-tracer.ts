// The libraries of OpenTelemetry. This file is imported only when the configuration names a collector.
import { setTimeout } from 'node:timers/promises'
import { type Context, context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  type ReadableSpan,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-node'
import { AppError } from '../foundation/errors.ts'
import type { Log } from '../foundation/log.ts'
import type { Span, SpanOptions, Tracer } from '../foundation/tracing.ts'
import { version } from '../foundation/version.ts'

type SpanResult = 'exported' | 'failed' | 'dropped'

/** Spans that wait for the collector, or are on their way. Further spans are dropped, so that a collector that is away costs little. */
const MOST_WAITING = 4_096
const SEND_EVERY_MS = 1_000
/** The time for the last spans when the process stops. */
const FAREWELL_MS = 2_000
/** A name is written by a client only for operations of GraphQL. */
const MAX_NAME = 100

type Parts = { log: Log; onSpans: (result: SpanResult, count: number) => void }

/** Sends spans in batches. Counts what becomes of each, and logs when the collector goes away and comes back. */
function createProcessor({ log, onSpans }: Parts): SpanProcessor {
  const otlp = new OTLPTraceExporter()
  let waiting = 0
  let fails = false
  const exporter: SpanExporter = {
    export: (spans, done) =>
      otlp.export(spans, (result) => {
        waiting -= spans.length
        const failed = result.code !== 0
        onSpans(failed ? 'failed' : 'exported', spans.length)
        if (failed && !fails) log.warn({ err: result.error }, 'the collector of traces takes nothing')
        if (!failed && fails) log.info('the collector of traces is back')
        fails = failed
        done(result)
      }),
    shutdown: () => otlp.shutdown(),
  }
  const batches = new BatchSpanProcessor(exporter, { maxQueueSize: MOST_WAITING, scheduledDelayMillis: SEND_EVERY_MS })
  return {
    onStart: () => {},
    onEnd(span: ReadableSpan) {
      if (waiting >= MOST_WAITING) return onSpans('dropped', 1)
      if ((span.spanContext().traceFlags & 1) === 0) return
      waiting += 1
      batches.onEnd(span)
    },
    forceFlush: () => batches.forceFlush(),
    shutdown: () => batches.shutdown(),
  }
}

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, consumer: SpanKind.CONSUMER }

const contextOf = (traceparent: string | undefined, otherwise: Context): Context =>
  traceparent === undefined ? otherwise : propagation.extract(ROOT_CONTEXT, { traceparent })

const linksTo = (traceparent: string | undefined) => {
  const cause = traceparent === undefined ? undefined : trace.getSpanContext(contextOf(traceparent, ROOT_CONTEXT))
  return cause ? [{ context: cause }] : []
}

/** The kind of an error. Its message may quote what a user wrote. */
const kindOf = (failure: unknown): string => {
  if (failure instanceof AppError) return failure.code
  return failure instanceof Error ? failure.constructor.name : 'unknown'
}

const traceparentOf = ({ traceId, spanId, traceFlags }: { traceId: string; spanId: string; traceFlags: number }) =>
  `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`

function createTracer(provider: NodeTracerProvider): Tracer {
  const tracer = provider.getTracer('waybill', version)
  const start = ({ name, kind, attributes = {}, parent, cause }: SpanOptions): Span => {
    const options = { ...(kind ? { kind: KINDS[kind] } : {}), attributes, links: linksTo(cause) }
    // Requests and jobs belong to nothing that happens to run.
    const begins = kind === 'server' || kind === 'consumer'
    const around = contextOf(parent, begins ? ROOT_CONTEXT : context.active())
    const span = tracer.startSpan(name.slice(0, MAX_NAME), options, around)
    const inside = trace.setSpan(around, span)
    return {
      within: (work) => context.with(inside, work),
      end({ attributes: told = {}, failure } = {}) {
        span.setAttributes(told)
        if (failure !== undefined) {
          span.setAttribute('error.type', kindOf(failure))
          span.setStatus({ code: SpanStatusCode.ERROR })
        }
        span.end()
      },
    }
  }
  const current = () => {
    const active = trace.getSpanContext(context.active())
    return active ? { traceId: active.traceId, spanId: active.spanId, traceparent: traceparentOf(active) } : null
  }
  return { start, bind: (callback) => context.bind(context.active(), callback), current }
}

/** Begins to trace. The libraries read the standard variables themselves; the configuration has checked them. */
export function startTraces(parts: Parts): { tracer: Tracer; close: () => Promise<void> } {
  const named = resourceFromAttributes({ 'service.name': 'waybill', 'service.version': version })
  const resource = defaultResource()
    .merge(named)
    .merge(detectResources({ detectors: [envDetector] }))
  const provider = new NodeTracerProvider({ resource, spanProcessors: [createProcessor(parts)] })
  provider.register()
  const close = async () => {
    const flushed = provider.shutdown().catch(() => undefined)
    await Promise.race([flushed, setTimeout(FAREWELL_MS, undefined, { ref: false })])
  }
  return { tracer: createTracer(provider), close }
}
