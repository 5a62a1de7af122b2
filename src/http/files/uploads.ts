import { type BoundedQueue, createBoundedQueue } from '../../foundation/bounded-queue.ts'

/** An upload into a bucket takes 64 MiB of memory, so few run at a time. A pipeline sends a few at a time, and the rest waits. */
export const createUploads = (): BoundedQueue =>
  createBoundedQueue({ running: 10, waiting: 100, perCaller: 4, longestWaitMs: 60_000, what: 'uploads' })
