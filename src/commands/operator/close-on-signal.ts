import closeWithGrace from 'close-with-grace'
import type { Log } from '../../foundation/log.ts'
import { StartError } from '../../foundation/start-error.ts'

/** Open requests may finish within this time. Then the process ends. */
const GRACE_MS = 30_000

/** Faults of the machine code are not handled, because JavaScript would repeat the failed instruction for ever. */
const FAULTS = ['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGTRAP'] as const

/**
 * Handles a closed terminal, which reports several times: by the kernel, by the shell, and at each write. The library would end
 * the process at the second report. A failed write is no error, because nobody reads the text.
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
 * Closes what has started when a signal ends the process. A signal during the start waits for the start, because an embedded
 * PostgreSQL that has just been started would go on alone. `delayMs` is the time that closing waits on purpose.
 */
export function closeOnSignal(starting: Promise<{ close: () => Promise<void> }>, log: Log, delayMs = 0): void {
  // `beforeExit` is skipped, because a failed start has its own exit code.
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
