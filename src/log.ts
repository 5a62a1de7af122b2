import { destination, type Logger, pino } from 'pino'

export type Log = Logger

/** JSON lines on standard error; a person at a terminal in development reads them through pino-pretty. */
export function createLog({ level, pretty = false }: { level: string; pretty?: boolean }): Log {
  const options = {
    level,
    base: null,
    // No request header that may hold a credential is ever logged; this is the net under it.
    redact: ['*.authorization', '*["private-token"]', '*["job-token"]', '*.cookie', '*.token'],
  }
  if (!pretty) return pino(options, destination(2))
  return pino({ ...options, transport: { target: 'pino-pretty', options: { destination: 2 } } })
}
