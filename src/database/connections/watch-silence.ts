import type { Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'

type Watched = {
  stream: Socket
  /** Whether a statement waits for its answer. */
  isBusy: () => boolean
  patienceMs: number
  /** Whether the database still runs the statement, so that an answer will come. Without it silence alone cuts the connection. */
  isRunning?: (() => Promise<boolean>) | undefined
  /** Called when no answer will come. */
  onCut: (reason: unknown) => void
}

async function reasonToCut({ isRunning }: Watched): Promise<unknown> {
  if (!isRunning) return new Error('It has been silent for too long')
  try {
    return (await isRunning()) ? null : new Error('The statement does not run')
  } catch (error) {
    return error
  }
}

/** Cuts a connection on which nothing moves for `patienceMs` while a statement waits and the database does not run it. */
export function watchSilence(watched: Watched): void {
  const { stream, isBusy, patienceMs, onCut } = watched
  const onSilence = async () => {
    // An idle connection is left alone, and a later statement gets the whole time for its answer.
    if (!isBusy()) return
    const before = stream.bytesRead
    // Lets the process read first what has arrived while it was busy.
    await setImmediate()
    const hasAnswer = () => !isBusy() || stream.bytesRead !== before || stream.destroyed
    if (hasAnswer()) return
    const reason = await reasonToCut(watched)
    if (reason && !hasAnswer()) onCut(reason)
    else stream.setTimeout(patienceMs)
  }
  stream.on('timeout', () => void onSilence())
  stream.setTimeout(patienceMs)
}
