// Spans of what this process does, for a collector of OpenTelemetry (start/open-traces.ts). Without a collector nothing is traced and
// nothing is loaded.
//
// A span holds names that are in the code, and numbers: the door, the name of a statement, a task. It never holds what a user wrote or
// is hidden from somebody: no path, tag, title, address, value or message.

type Attributes = Readonly<Record<string, string | number>>

export type SpanOptions = {
  name: string
  /** `server`: for somebody who waits. `client`: asks another program. `consumer`: was queued before. */
  kind?: 'server' | 'client' | 'consumer'
  attributes?: Attributes
  /** The caller's span, as its `traceparent` names it. */
  parent?: string | undefined
  /** The span that caused this one, and does not wait for it. */
  cause?: string | undefined
}

export type Span = {
  /** What this work begins is a part of the span. */
  within: <Result>(work: () => Result) => Result
  /** `failure` marks the span as failed. Only the kind of the error is told. */
  end: (told?: { attributes?: Attributes; failure?: unknown }) => void
}

export type Tracer = {
  start: (options: SpanOptions) => Span
  /** Lets a callback that comes later run in the span in which this code runs. */
  bind: <Callback extends (...values: never[]) => unknown>(callback: Callback) => Callback
  /** The span in which this code runs. */
  current: () => { traceId: string; spanId: string; traceparent: string } | null
}

let tracer: Tracer | null = null

export function useTracer(used: Tracer | null): void {
  tracer = used
}

/** Null when nothing is traced. */
export const startSpan = (describe: () => SpanOptions): Span | null => tracer?.start(describe()) ?? null

/** The work as a span of its own. */
export async function traced<Result>(describe: () => SpanOptions, work: () => Promise<Result>): Promise<Result> {
  if (!tracer) return work()
  const span = tracer.start(describe())
  try {
    const result = await span.within(work)
    span.end()
    return result
  } catch (failure) {
    span.end({ failure })
    throw failure
  }
}

/** A callback that is called on behalf of the present span, whoever calls it. */
export const inPresentSpan = <Callback extends (...values: never[]) => unknown>(callback: Callback): Callback =>
  tracer ? tracer.bind(callback) : callback

/** Names the present span for work that is queued; null when nothing is traced. */
export const currentTraceparent = (): string | null => tracer?.current()?.traceparent ?? null

/** What a log line says of the present span. */
export function traceIds(): { traceId?: string; spanId?: string } {
  const current = tracer?.current()
  return current ? { traceId: current.traceId, spanId: current.spanId } : {}
}
