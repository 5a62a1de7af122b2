import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import { holdsNul } from '../graphql-limits.ts'

/** An operation as a client sends it: the text, the operation in it, and the variables. */
export type OperationRequest = {
  text: string
  operationName: string | null
  variables: Record<string, unknown>
  /** Whether it may be a mutation. */
  mayWrite: boolean
}

/** Larger ones are Yoga's, which reads them piece by piece. */
const MAX_BODY_BYTES = 100_000

const Variables = z.record(z.string(), z.unknown())
const Parameters = z.strictObject({
  query: z.string(),
  operationName: z.string().nullish(),
  variables: Variables.nullish(),
  extensions: z.record(z.string(), z.unknown()).nullish(),
})

const JSON_BODY = /^application\/json(; ?charset=utf-8)?$/i

/** Whether the body may be read here at all: it is short, and JSON in UTF-8. */
export function hasShortJson({ method, headers }: IncomingMessage): boolean {
  const length = Number(headers['content-length'] ?? Number.NaN)
  const isJson = JSON_BODY.test(headers['content-type'] ?? '') && headers['content-encoding'] === undefined
  return method === 'POST' && isJson && length > 0 && length <= MAX_BODY_BYTES
}

/** The whole body; an error when the client goes away before its end. */
export function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
    request.once('error', reject)
    // It closes in the end in any case, and to make an error takes time.
    request.once('close', () => request.complete || reject(new Error('The request was cut off')))
  })
}

function parseParameters(parameters: unknown, mayWrite: boolean): OperationRequest | null {
  const parsed = Parameters.safeParse(parameters)
  if (!parsed.success) return null
  const { query, operationName, variables } = parsed.data
  if (holdsNul(variables)) return null
  return { text: query, operationName: operationName || null, variables: variables ?? {}, mayWrite }
}

/** What the body asks for; null when it is anything but one well-formed operation. */
export function parseBody(body: string, mayWrite: boolean): OperationRequest | null {
  try {
    return parseParameters(JSON.parse(body), mayWrite)
  } catch {
    return null
  }
}

/** The same of the parameters of a GET request. */
export function parseUrl(url: string): OperationRequest | null {
  const { query, variables, operationName, ...others } = Object.fromEntries(
    new URL(url, 'http://localhost').searchParams,
  )
  if (query === undefined || Object.keys(others).length > 0) return null
  try {
    return parseParameters({ query, operationName, variables: variables ? JSON.parse(variables) : null }, false)
  } catch {
    return null
  }
}
