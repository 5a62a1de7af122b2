import type { IncomingMessage } from 'node:http'
import { GraphQLError } from 'graphql'
import { charsetIn, encodingOf } from '../../foundation/text-decoding.ts'
import { refused } from '../../pipeline/refusal.ts'
import { urlProblem } from '../../request/sent-url.ts'

const TYPES = ['application/json', 'application/graphql+json', 'application/graphql']

/** Refuses forms, because a page of another origin can send a form with the browser's credentials without asking first. */
export function assertContentType({ headers }: IncomingMessage): void {
  const type = (headers['content-type'] ?? '').split(/[;,]/, 1)[0]?.trim().toLowerCase() ?? ''
  if (TYPES.includes(type)) return
  const given = type === '' ? 'has no Content-Type' : `has the Content-Type ${type.slice(0, 100)}`
  const error = new GraphQLError(`The request ${given}: application/json is expected`)
  throw refused(error, { code: 'INVALID', status: 415 })
}

/** The encoding of the body: UTF-8, unless the client says otherwise. */
export function charsetOf(contentType: string): string {
  const charset = charsetIn(contentType) ?? 'utf-8'
  if (encodingOf(charset)) return charset
  const error = new GraphQLError(`The charset ${charset.slice(0, 100)} is not supported: UTF-8 is expected`)
  throw refused(error, { code: 'INVALID', status: 415 })
}

/** The parameters of a GET must be UTF-8. */
export function assertTextUrl(url: string): void {
  const problem = urlProblem(url)
  if (problem !== null) throw refused(new GraphQLError(problem), { code: 'INVALID', status: 400 })
}
