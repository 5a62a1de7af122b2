import { GraphQLError } from 'graphql'
import { z } from 'zod'
import { refused } from './refusal.ts'

/** One operation as a client sends it. */
export type OperationRequest = {
  /** Null where it is named by its hash. */
  query: string | null
  operationName: string | null
  variables: Readonly<Record<string, unknown>>
  extensions: Readonly<Record<string, unknown>>
  /** By GET nothing is written. */
  method: string
  /** Of the header `Idempotency-Key`. */
  idempotencyKey: string | null
  /** Whether the client can be sent events. */
  takesEvents: boolean
}

/** What of a request is not in the body or the query string. */
export type Sent = Pick<OperationRequest, 'method' | 'idempotencyKey' | 'takesEvents'>

const Fields = z.record(z.string(), z.unknown())
const Parameters = z
  .strictObject({
    query: z.string().nullish(),
    operationName: z.string().nullish(),
    variables: Fields.nullish(),
    extensions: Fields.nullish(),
  })
  .refine(({ query, extensions }) => typeof query === 'string' || extensions?.persistedQuery !== undefined)

/** Null: they are anything but those of one well-formed operation, which Yoga tells. */
function parseParameters(parameters: unknown, sent: Sent): OperationRequest | null {
  const parsed = Parameters.safeParse(parameters)
  if (!parsed.success) return null
  const { query, operationName, variables, extensions } = parsed.data
  return {
    ...sent,
    query: query ?? null,
    operationName: operationName || null,
    variables: variables ?? {},
    extensions: extensions ?? {},
  }
}

/** The operation in a body of JSON. */
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

/** The operation in the query string of a GET. */
export function parseUrl(url: string, sent: Sent): OperationRequest | null {
  const parameters = [...new URL(url, 'http://localhost').searchParams]
  const parsed = parameters.map(([name, text]) => [name, OF_JSON.includes(name) ? parseJson(name, text) : text])
  return parseParameters(Object.fromEntries(parsed), sent)
}
