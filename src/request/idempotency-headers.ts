/** The header in which a client names a write, so that the write is made only once however often it is sent. */
export const IDEMPOTENCY_KEY = 'idempotency-key'
/** The header of an answer that repeats the first answer. */
export const IDEMPOTENCY_REPLAYED = 'idempotency-replayed'
