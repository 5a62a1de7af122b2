import closeWithGrace from 'close-with-grace'
import type { Log } from '../../foundation/log.ts'
import { StartError } from '../../foundation/start-error.ts'

/** What is in flight is finished within this time; then the process ends all the same. */
const GRACE_MS = 30_000

/** A fault of the machine code. Handled in JavaScript, the instruction that failed would be tried again without end. */
const FAULTS = ['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGTRAP'] as const

/**
 * The terminal is closed. It says so several times: the kernel, the shell, and each text that is written to it. The library would
 * take the second for impatience. Nobody reads the text, so that it cannot be written is no failure.
 */
function onHangUp(end: () => void): void {
  let ending = false
  const hangUp = () => {
    if (!ending) end()
    ending = true
  }
  process.on('SIGHUP', hangUp)
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'EIO') hangUp()
    })
  }
}

/**
 * During the start, too: the embedded PostgreSQL that it may have started by then would go on alone. `delayMs` is how long
 * closing waits on purpose.
 */
export function closeOnSignal(starting: Promise<{ close: () => Promise<void> }>, log: Log, delayMs = 0): void {
  // Not before a failed start ends: that has its own exit code.
  const skip = ['beforeExit', 'SIGHUP', ...FAULTS] as const
  const { close } = closeWithGrace(
    { delay: delayMs + GRACE_MS, logger: log, skip: [...skip] },
    async ({ err, signal = 'SIGHUP' }) => {
      if (err instanceof StartError) log.fatal(`${err.message}: ending`)
      else if (err) log.fatal({ err }, 'ending after an error that nobody caught')
      else log.info({ signal }, 'ending')
      const started = await starting.catch(() => null)
      await started?.close()
    },
  )
  onHangUp(() => void close())
}
