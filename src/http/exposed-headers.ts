import { IDEMPOTENCY_REPLAYED } from '../request/idempotency-headers.ts'

/** Headers of an answer that a page of another origin may read. */
export const EXPOSED_HEADERS = [
  ...['x-request-id', IDEMPOTENCY_REPLAYED, 'retry-after', 'etag', 'x-checksum-sha256'],
  ...['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'],
]
