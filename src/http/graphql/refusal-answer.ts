import type { ServerResponse } from 'node:http'
import type { GraphQLError } from 'graphql'

type Http = { status?: number; spec?: boolean; headers?: Readonly<Record<string, string>> }

const httpOf = ({ extensions: { http = {} } }: GraphQLError) => http as Http

/** The error without the part that is meant for the door alone. */
function shown(error: GraphQLError) {
  const { extensions: { http: _http, ...extensions } = {}, ...rest } = error.toJSON()
  return { ...rest, extensions }
}

/** The highest status of the errors. Clients that ask for `application/json` expect errors in an answer with status 200. */
function statusOf(errors: readonly GraphQLError[], mediaType: string): number {
  const statuses = errors
    .map(httpOf)
    .map(({ status = 200, spec }) => (spec && mediaType === 'application/json' ? 200 : status))
  return Math.max(...statuses)
}

export function answerRefusal(response: ServerResponse, errors: readonly GraphQLError[], mediaType: string): void {
  const body = Buffer.from(JSON.stringify({ errors: errors.map(shown) }))
  const status = statusOf(errors, mediaType)
  response.writeHead(status, {
    ...Object.assign({}, ...errors.map((error) => httpOf(error).headers)),
    'content-type': `${mediaType}; charset=utf-8`,
    'content-length': body.length,
  })
  response.end(body)
}
