/** The client's name of a write that is to be made once, however often it is sent. */
export const IDEMPOTENCY_KEY = 'idempotency-key'
/** Header of an answer that is a repetition of the first one. */
export const IDEMPOTENCY_REPLAYED = 'idempotency-replayed'
