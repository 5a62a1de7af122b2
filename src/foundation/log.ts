import { type DestinationStream, destination, type Logger, pino } from 'pino'

import { traceIds } from './tracing.ts'

export type Log = Logger

const nothing = () => {}

/**
 * Drops log lines after a write has failed, as pino does when the reader of a pipe has ended. Otherwise the stream would retry
 * for ever while the process ends. EIO means that the terminal has hung up, and its SIGHUP may not reach this process.
 */
function toStandardError(): DestinationStream {
  const stream = destination(2)
  stream.on('error', ({ code }: NodeJS.ErrnoException) => {
    Object.assign(stream, { write: nothing, end: nothing, flushSync: nothing, destroy: nothing })
    if (code === 'EIO') process.emit('SIGHUP', 'SIGHUP')
  })
  return stream
}

/** Writes JSON lines to standard error, or lines formatted by pino-pretty for a developer at a terminal. */
type LogOptions = {
  level: string
  pretty?: boolean
  /** Whether each line names the span in which it was written. */
  traces?: boolean
}

export function createLog({ level, pretty = false, traces = false }: LogOptions): Log {
  const options = {
    level,
    base: null,
    ...(traces ? { mixin: traceIds } : {}),
    // No code logs a request header that may hold a credential. The redaction is a second safeguard.
    redact: ['*.authorization', '*["private-token"]', '*["job-token"]', '*.cookie', '*.token'],
  }
  if (!pretty) return pino(options, toStandardError())
  return pino({ ...options, transport: { target: 'pino-pretty', options: { destination: 2 } } })
}
