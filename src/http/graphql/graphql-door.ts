// GraphQL over HTTP. Nearly every request has one operation and is answered here. Yoga answers the others: batches, events, media
// types that need choosing, and requests without a well-formed operation. Both call the same pipeline.
import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CredentialHeaders } from '../../authentication/authenticate.ts'
import { parseBody, parseUrl, type Sent } from '../../pipeline/operation-request.ts'
import type { Asker, Outcome, Pipeline, PipelineParts } from '../../pipeline/pipeline.ts'
import { tellRefusal } from '../../pipeline/tell-errors.ts'
import { IDEMPOTENCY_KEY } from '../../request/idempotency-headers.ts'
import { points } from '../../request/rate-limits/rate-limits.ts'
import { identify } from '../../request/request-context.ts'
import { scopeOf } from '../../request/request-scope.ts'
import { isUnchanged, PRIVATE } from '../entity-tag.ts'
import { withSessionFromHere } from '../session-cookie.ts'
import { assertContentType, assertTextUrl } from './content-type.ts'
import { allowAnyOrigin, answerPreflight } from './cross-origin.ts'
import { answerWithoutPage, createGraphiql, wantsPage } from './graphiql.ts'
import { decodeBody, readBody } from './read-graphql-body.ts'
import { answerRefusal } from './refusal-answer.ts'
import { createYogaListener } from './yoga.ts'

/** The media types that need no choosing, and the media type of the answer to each. */
const ACCEPTED: ReadonlyMap<string, string> = new Map([
  ['*/*', 'application/json'],
  ['application/json', 'application/json'],
  ['application/graphql-response+json', 'application/graphql-response+json'],
])

const weightOf = (range: string) => Number(/;\s*q=([\d.]+)/i.exec(range)?.[1] ?? 1)

/** The media type that the client likes best. Among equals the first. */
function acceptOf({ headers: { accept = '*/*' } }: IncomingMessage): string {
  const ranges = accept.split(',')
  const best =
    ranges.length === 1 ? accept : ranges.reduce((one, next) => (weightOf(next) > weightOf(one) ? next : one))
  return best.split(';', 1)[0]?.trim() || '*/*'
}

const credentialsOf = ({ headers }: IncomingMessage): CredentialHeaders => ({
  get: (name) => {
    const value = headers[name.toLowerCase()]
    return Array.isArray(value) ? value.join(', ') : (value ?? null)
  },
})

const sentIn = ({ method = '', headers }: IncomingMessage): Sent => {
  const key = headers[IDEMPOTENCY_KEY]
  return { method, idempotencyKey: typeof key === 'string' ? key : null, takesEvents: false }
}

type Answer = Extract<Outcome, { kind: 'answer' }>

/** The answer to a GET has an entity tag, so that it is not sent again to a client that has it. */
function answerJson(
  request: IncomingMessage,
  response: ServerResponse,
  { json, headers }: Answer,
  mediaType: string,
): void {
  const sent: Record<string, string | number> = { ...headers }
  if (request.method === 'GET') {
    const etag = `"${createHash('sha1').update(json).digest('base64url')}"`
    const vary = [PRIVATE.vary, response.getHeader('vary')].filter(Boolean).join(', ')
    Object.assign(sent, PRIVATE, { etag, vary })
    if (isUnchanged(request.headers['if-none-match'], etag)) return void response.writeHead(304, sent).end()
  }
  // Sends bytes, because Node writes a long text that is not ASCII far more slowly.
  const bytes = typeof json === 'string' ? Buffer.from(json) : json
  response.writeHead(200, { ...sent, 'content-type': `${mediaType}; charset=utf-8`, 'content-length': bytes.length })
  response.end(bytes)
}

export type GraphqlDoorParts = Pick<PipelineParts, 'authenticate' | 'rateLimits' | 'baseUrl'> & {
  pipeline: Pipeline
  graphiql: boolean
}

export function createGraphqlDoor({ pipeline, authenticate, rateLimits, baseUrl, graphiql }: GraphqlDoorParts) {
  const yoga = createYogaListener(pipeline)
  const sendPage = graphiql ? createGraphiql(baseUrl) : answerWithoutPage

  async function answer(request: IncomingMessage & { body?: string }, response: ServerResponse): Promise<void> {
    const scope = scopeOf(request)
    const credentials = withSessionFromHere(credentialsOf(request), { scope, baseUrl })
    const viewer = await identify({ rateLimits, authenticate }, scope, credentials)
    const asker: Asker = { scope, credentials, viewer }
    assertTextUrl(request.url ?? '')
    if (request.method === 'POST') {
      assertContentType(request)
      request.body = decodeBody(await readBody(request, viewer), request.headers['content-type'] ?? '')
    }
    const accept = acceptOf(request)
    const mediaType = ACCEPTED.get(accept)
    const operation = mediaType === undefined ? null : operationIn(request)
    if (mediaType === undefined || operation === null) {
      await rateLimits.spend(scope, viewer, 1)
      return void yoga(request, response, asker)
    }
    const outcome = await pipeline(asker, operation)
    if (outcome.kind === 'answer') return answerJson(request, response, outcome, mediaType)
    if (outcome.kind === 'refusal') return answerRefusal(response, outcome.errors, mediaType)
    return void yoga(request, response, asker)
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    allowAnyOrigin(request, response)
    if (request.method === 'OPTIONS') return answerPreflight(request, response)
    try {
      if (wantsPage(request)) {
        await rateLimits.spend(scopeOf(request), null, points.read)
        return await sendPage(request, response)
      }
      await answer(request, response)
    } catch (error) {
      // The client has gone, so there is nobody to answer.
      if (request.destroyed && !request.complete) return void response.destroy()
      answerRefusal(
        response,
        [tellRefusal(error, scopeOf(request))],
        ACCEPTED.get(acceptOf(request)) ?? 'application/json',
      )
    }
  }
}

/** Null when the request is not one well-formed operation. */
function operationIn(request: IncomingMessage & { body?: string }) {
  if (request.method === 'GET') return parseUrl(request.url ?? '', sentIn(request))
  const isJson = /^application\/json\b/i.test(request.headers['content-type'] ?? '')
  const isBatch = /^\s*\[/.test(request.body ?? '')
  return isJson && !isBatch && request.body ? parseBody(request.body, sentIn(request)) : null
}
