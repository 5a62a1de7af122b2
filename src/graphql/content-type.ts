import type { IncomingMessage } from 'node:http'
import { GraphQLError } from 'graphql'
import { refused } from './pipeline/refusal.ts'

const TYPES = ['application/json', 'application/graphql+json', 'application/graphql']

/** A form is no GraphQL: a page of another origin can send one without being asked first, with the browser's credentials. */
export function assertContentType({ headers }: IncomingMessage): void {
  const type = (headers['content-type'] ?? '').split(/[;,]/, 1)[0]?.trim().toLowerCase() ?? ''
  if (TYPES.includes(type)) return
  const given = type === '' ? 'has no Content-Type' : `has the Content-Type ${type.slice(0, 100)}`
  const error = new GraphQLError(`The request ${given}: application/json is expected`)
  throw refused(error, { code: 'INVALID', status: 415 })
}
