import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Log } from '../log.ts'

/** What is known wherever a request is being answered, the masking of its errors included. */
export type RequestScope = { id: string; ipAddress: string | null; log: Log }

export const requestScope = new AsyncLocalStorage<RequestScope>()

/** The client's `X-Request-Id` where it is harmless in a header and a log, else a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID()
}
