// The short way for what a server is asked most: a plain query that succeeds, or a plain mutation. Yoga spends more on a request
// than all the rest of a query of one release. Whatever is not plain (a batch, several mutations, an Idempotency-Key, a
// subscription, another content type), is wrong, or is a query that fails, is Yoga's, which answers it as if it had never been
// here: so its rules hold without being repeated. A mutation that has begun is answered here, also when it fails.
import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CredentialHeaders } from '../../modules/access/authenticate.ts'
import { corsHeaders } from '../cors.ts'
import { isUnchanged, PRIVATE } from '../entity-tag.ts'
import { IDEMPOTENCY_KEY } from '../idempotency.ts'
import { scopeOf } from '../request-scope.ts'
import { createOperationAnswerer, type OperationAnswer, type OperationParts } from './answer-operation.ts'
import { hasShortJson, parseBody, parseUrl, readBody } from './operation-request.ts'

type GraphqlListener = (request: IncomingMessage & { body?: string }, response: ServerResponse) => unknown

const ACCEPTED: Readonly<Record<string, string>> = {
  '*/*': 'application/json; charset=utf-8',
  'application/json': 'application/json; charset=utf-8',
  'application/graphql-response+json': 'application/graphql-response+json; charset=utf-8',
}

const firstAccepted = ({ headers }: IncomingMessage) =>
  ACCEPTED[(headers.accept ?? '*/*').split(/[,;]/, 1)[0]?.trim() || '*/*']

const credentialsOf = ({ headers }: IncomingMessage): CredentialHeaders => ({
  get: (name) => {
    const value = headers[name.toLowerCase()]
    return Array.isArray(value) ? value.join(', ') : (value ?? null)
  },
})

/** A GET answer says which version it is, so that a client which has it is not sent it again. */
function send(request: IncomingMessage, response: ServerResponse, contentType: string, body: OperationAnswer): void {
  const headers: Record<string, string | number> = corsHeaders(request)
  if (request.method === 'GET') {
    const etag = `"${createHash('sha1').update(body).digest('base64url')}"`
    Object.assign(headers, PRIVATE, { etag, vary: [PRIVATE.vary, headers.vary].filter(Boolean).join(', ') })
    if (isUnchanged(request.headers['if-none-match'], etag)) {
      response.writeHead(304, headers).end()
      return
    }
  }
  // Node writes a long text that is not ASCII far slower than its bytes.
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  response.writeHead(200, { ...headers, 'content-type': contentType, 'content-length': bytes.length })
  response.end(bytes)
}

export function createOperationLane(parts: OperationParts, yoga: GraphqlListener) {
  const answer = createOperationAnswerer(parts)

  async function handle(request: IncomingMessage & { body?: string }, response: ServerResponse): Promise<void> {
    const contentType = firstAccepted(request)
    const isGet = request.method === 'GET'
    if (!contentType || !(isGet || hasShortJson(request))) return void yoga(request, response)
    const body = isGet ? null : await readBody(request)
    const isKept = request.headers[IDEMPOTENCY_KEY] !== undefined
    const operation = body === null ? parseUrl(request.url ?? '') : parseBody(body, !isKept)
    const json = operation && (await answer(scopeOf(request), credentialsOf(request), operation).catch(() => null))
    if (json !== null) return send(request, response, contentType, json)
    // Yoga finds the body here, as the stream has been read.
    if (body !== null) request.body = body
    yoga(request, response)
  }

  return (request: IncomingMessage, response: ServerResponse): void => {
    // The client has gone: there is nobody to answer.
    handle(request, response).catch(() => response.destroy())
  }
}
