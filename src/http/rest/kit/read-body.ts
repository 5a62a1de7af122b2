// Bodies as bytes: bounded while they come, before anything of them is parsed.
import type { IncomingMessage } from 'node:http'
import { badRequest, RestError } from './rest-errors.ts'

/** A release's notes may have 1,000,000 characters of up to 4 bytes, and encodings may multiply them. */
export const MAX_BODY_BYTES = 16_000_000

/** Of whom nobody knows: a credential may be in the body, with the release that it is to publish. */
export const MAX_UNKNOWN_BODY_BYTES = 2_000_000

/** A list has at most 1,000 items, of which a link has most fields: five. */
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

/** The whole body; what is over a bound is refused when it comes, and not read on. */
export async function readBytes(incoming: IncomingMessage, { maxBytes, isForm }: Bounds): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  let pairs = 0
  try {
    // Not destroyed when it is refused: that would end the connection before the client has been told.
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
