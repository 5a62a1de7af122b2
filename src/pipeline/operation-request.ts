import { GraphQLError } from 'graphql'
import { refused } from './refusal.ts'

export type OperationRequest = {
  /** Null when the client sends only the hash of the query. */
  query: string | null
  operationName: string | null
  variables: Readonly<Record<string, unknown>>
  extensions: Readonly<Record<string, unknown>>
  /** The HTTP method. A GET must not write. */
  method: string
  idempotencyKey: string | null
  takesEvents: boolean
}

/** The parts of a request that are not in its body or query string. */
export type Sent = Pick<OperationRequest, 'method' | 'idempotencyKey' | 'takesEvents'>

type Fields = Readonly<Record<string, unknown>>

const NAMES: ReadonlySet<string> = new Set(['query', 'operationName', 'variables', 'extensions'])

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isTextOrAbsent = (value: unknown): value is string | null | undefined =>
  value == null || typeof value === 'string'
const isFieldsOrAbsent = (value: unknown): value is Fields | null | undefined => value == null || isFields(value)

/** Null when the parameters are not one well-formed operation. Yoga then reports the error. */
function parseParameters(parameters: unknown, sent: Sent): OperationRequest | null {
  if (!isFields(parameters) || Object.keys(parameters).some((name) => !NAMES.has(name))) return null
  const { query, operationName, variables, extensions } = parameters
  if (!isTextOrAbsent(query) || !isTextOrAbsent(operationName)) return null
  if (!isFieldsOrAbsent(variables) || !isFieldsOrAbsent(extensions)) return null
  if (query == null && extensions?.persistedQuery === undefined) return null
  return {
    query: query ?? null,
    operationName: operationName || null,
    variables: variables ?? {},
    extensions: extensions ?? {},
    method: sent.method,
    idempotencyKey: sent.idempotencyKey,
    takesEvents: sent.takesEvents,
  }
}

export function parseBody(body: string, sent: Sent): OperationRequest | null {
  try {
    return parseParameters(JSON.parse(body), sent)
  } catch {
    return null
  }
}

const OF_JSON = ['variables', 'extensions']

function parseJson(name: string, text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text)
  } catch {
    throw refused(new GraphQLError(`The parameter "${name}" must be a JSON object`), { code: 'INVALID', status: 400 })
  }
}

export function parseUrl(url: string, sent: Sent): OperationRequest | null {
  const parameters = [...new URL(url, 'http://localhost').searchParams]
  const parsed = parameters.map(([name, text]) => [name, OF_JSON.includes(name) ? parseJson(name, text) : text])
  return parseParameters(Object.fromEntries(parsed), sent)
}
