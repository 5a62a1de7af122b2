import closeWithGrace from 'close-with-grace'
import { StartError } from '../database/start-error.ts'
import type { Log } from '../log.ts'

/** What is in flight is finished within this time; then the process ends all the same. */
const GRACE_MS = 30_000

/**
 * During the start, too: the embedded PostgreSQL that it may have started by then would go on alone. `delayMs` is how long closing
 * waits on purpose.
 */
export function closeOnSignal(starting: Promise<{ close: () => Promise<void> }>, log: Log, delayMs = 0): void {
  // Not before a failed start ends: that has its own exit code.
  closeWithGrace({ delay: delayMs + GRACE_MS, logger: log, skip: ['beforeExit'] }, async ({ err, signal }) => {
    if (err instanceof StartError) log.fatal(`${err.message}: ending`)
    else if (err) log.fatal({ err }, 'ending after an error that nobody caught')
    else log.info({ signal }, 'ending')
    const started = await starting.catch(() => null)
    await started?.close()
  })
}
