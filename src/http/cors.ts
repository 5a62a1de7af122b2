import type { IncomingMessage } from 'node:http'
import { IDEMPOTENCY_REPLAYED } from './idempotency.ts'

/** Headers of an answer that a page of another origin may read. */
export const EXPOSED_HEADERS = [
  'x-request-id',
  IDEMPOTENCY_REPLAYED,
  'retry-after',
  'etag',
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
]

/** As Yoga answers a page of any origin: credentials are headers that it must set itself, never cookies. */
export function corsHeaders({ headers: { origin } }: IncomingMessage): Record<string, string> {
  if (origin === undefined) return {}
  return {
    'access-control-allow-origin': origin,
    vary: 'Origin',
    'access-control-expose-headers': EXPOSED_HEADERS.join(', '),
  }
}
