import type { Standing } from '../access/standing.ts'
import type { Tx } from '../database/db.ts'

/** What a request with an Idempotency-Key has made so far. Its steps come in the same order each time it is sent. */
export type KeyedSteps = {
  /** Whether an attempt was cut off before: something of it may be made already. */
  isRepetition: boolean
  /** Whether it had made something by then. */
  hasMade: boolean
  /** The next step: what was made in it before; null when nothing was. */
  next: () => { made: unknown } | null
  /** Notes what was made in this step, in the transaction that makes it. */
  note: (tx: Tx, made: unknown) => Promise<void>
  /** The same for a statement that makes rows of several requests, and notes the number of each: `noteRows`. */
  mark: () => StepMark
}

/** Where the number of a row is noted. */
type StepMark = { userId: number; key: string; createdAt: Date; step: number; standing: Standing }
