import type { Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'

type Watched = {
  stream: Socket
  /** Whether a statement waits for its answer. */
  isBusy: () => boolean
  patienceMs: number
  /** Whether the database runs the statement, and there will be an answer; without it, silence is enough. */
  isRunning?: (() => Promise<boolean>) | undefined
  /** Called when there will be no answer. */
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

/** Looks after a connection on which nothing comes and goes for so long while a statement waits. */
export function watchSilence(watched: Watched): void {
  const { stream, isBusy, patienceMs, onCut } = watched
  const onSilence = async () => {
    // What is asked from now on has its whole time for an answer: heartbeats come just when the silence is over.
    if (!isBusy()) return
    const before = stream.bytesRead
    // What has come while this process was busy is read first.
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
