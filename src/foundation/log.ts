import { type DestinationStream, destination, type Logger, pino } from 'pino'

export type Log = Logger

const nothing = () => {}

/**
 * What cannot be written any more is dropped, as pino drops it when the reader of a pipe has ended: the stream would try again
 * for ever when the process ends. A terminal that is gone has hung up, whether or not its signal reaches this process.
 */
function toStandardError(): DestinationStream {
  const stream = destination(2)
  stream.on('error', ({ code }: NodeJS.ErrnoException) => {
    Object.assign(stream, { write: nothing, end: nothing, flushSync: nothing, destroy: nothing })
    if (code === 'EIO') process.emit('SIGHUP', 'SIGHUP')
  })
  return stream
}

/** JSON lines on standard error; a person at a terminal in development reads them through pino-pretty. */
export function createLog({ level, pretty = false }: { level: string; pretty?: boolean }): Log {
  const options = {
    level,
    base: null,
    // No request header that may hold a credential is ever logged; this is the net under it.
    redact: ['*.authorization', '*["private-token"]', '*["job-token"]', '*.cookie', '*.token'],
  }
  if (!pretty) return pino(options, toStandardError())
  return pino({ ...options, transport: { target: 'pino-pretty', options: { destination: 2 } } })
}
