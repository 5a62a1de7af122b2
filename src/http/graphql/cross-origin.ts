import type { IncomingMessage, ServerResponse } from 'node:http'
import { EXPOSED_HEADERS } from '../exposed-headers.ts'

/**
 * Lets a page of any origin read the answer, because its credentials are headers that it must set itself. A cookie counts for pages of
 * this server alone.
 */
export function allowAnyOrigin({ headers: { origin } }: IncomingMessage, response: ServerResponse): void {
  if (origin === undefined) return
  response.setHeader('access-control-allow-origin', origin)
  response.setHeader('access-control-expose-headers', EXPOSED_HEADERS.join(', '))
  response.setHeader('vary', 'Origin')
}

/** Answers what a browser asks before a page of another origin may send a request that is not simple. */
export function answerPreflight({ headers }: IncomingMessage, response: ServerResponse): void {
  const { 'access-control-request-method': method, 'access-control-request-headers': names } = headers
  if (method) response.setHeader('access-control-allow-methods', method)
  if (names) {
    response.setHeader('access-control-allow-headers', names)
    response.setHeader('vary', 'Origin, Access-Control-Request-Headers')
  }
  // Without a length Safari waits for a body.
  response.writeHead(204, { 'content-length': '0' }).end()
}
