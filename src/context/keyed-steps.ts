import type { Standing } from '../access/standing.ts'
import type { Tx } from '../database/db.ts'

/** What a request with an Idempotency-Key has made so far. A repeated request takes the same steps in the same order. */
export type KeyedSteps = {
  /** Whether an earlier attempt was interrupted, which may already have made something. */
  isRepetition: boolean
  /** Whether the earlier attempt had made something. */
  hasMade: boolean
  /** Begins the next step. Returns what an earlier attempt made in it, or null. */
  next: () => { made: unknown } | null
  /** Records what this step has made, in the transaction that makes it. */
  record: (tx: Tx, made: unknown) => Promise<void>
  /** The mark by which a statement that makes rows for several requests records the ID of each row: see `recordRows`. */
  mark: () => StepMark
}

/** Identifies the step in which the ID of a row is recorded. */
type StepMark = { userId: number; key: string; createdAt: Date; step: number; standing: Standing }
