// Reads bodies as bytes. The bounds hold while the body arrives, before anything is parsed.
import type { IncomingMessage } from 'node:http'
import { badRequest, RestError } from './rest-errors.ts'

/** The notes of a release may have 1,000,000 characters of up to 4 bytes each. The encoding of the body may make them longer. */
export const MAX_BODY_BYTES = 16_000_000

/** The bound for a request without a credential in its headers or its query. The body may hold the credential, beside a release. */
export const MAX_UNKNOWN_BODY_BYTES = 2_000_000

/** A list has at most 1,000 items. The items with the most fields are links, with five fields each. */
export const MAX_FIELDS = 10_000

export const tooManyFields = () => badRequest(`The body has too many fields: a request may have at most ${MAX_FIELDS}`)

export function countPairs(form: Buffer | string): number {
  let count = 1
  for (let at = form.indexOf('&'); at !== -1; at = form.indexOf('&', at + 1)) count++
  return count
}

function tooLong(maxBytes: number): RestError {
  const hint = maxBytes < MAX_BODY_BYTES ? ', unless a credential comes in a header or in the query' : ''
  const error = `413 Request Entity Too Large: a body may have at most ${maxBytes} bytes${hint}`
  return new RestError(413, { error })
}

type Bounds = { maxBytes: number; isForm: boolean }

/** Reads the whole body. Stops reading and throws as soon as the body is over a bound. */
export async function readBytes(incoming: IncomingMessage, { maxBytes, isForm }: Bounds): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  let pairs = 0
  try {
    // The stream of a refused body is not destroyed, because that would end the connection before the client gets the answer.
    for await (const chunk of incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      if (isForm) pairs += countPairs(chunk) - 1
      if (pairs >= MAX_FIELDS) throw tooManyFields()
      bytes += chunk.length
      if (bytes > maxBytes) throw tooLong(maxBytes)
      chunks.push(chunk)
    }
  } catch (error) {
    throw incoming.errored ? badRequest('The body was cut off') : error
  }
  return Buffer.concat(chunks)
}
