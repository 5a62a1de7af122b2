import { type BoundedQueue, createBoundedQueue } from '../../foundation/bounded-queue.ts'

/** One into a bucket holds 64 MiB of memory; a pipeline sends a few at a time, and waits with the rest. */
export const createUploads = (): BoundedQueue =>
  createBoundedQueue({ running: 10, waiting: 100, perCaller: 4, longestWaitMs: 60_000, what: 'uploads' })
