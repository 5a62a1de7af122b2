import type { IncomingMessage } from 'node:http'
import { GraphQLError } from 'graphql'
import type { Viewer } from '../../access/viewer.ts'
import { AppError } from '../../foundation/errors.ts'
import { placeOfByte } from '../../foundation/json-place.ts'
import { decodeDocument, MalformedText } from '../../foundation/text-decoding.ts'
import { refused } from '../../pipeline/refusal.ts'
import { charsetOf } from './content-type.ts'

/** The notes of a release may have 1,000,000 characters of up to 4 bytes, and JSON may double some of these bytes. */
const MAX_BODY_BYTES = 10_000_000
/** A client that may not write needs no long body. */
const MAX_ANONYMOUS_BODY_BYTES = 100_000

const tooLarge = (most: number) =>
  new AppError('TOO_LARGE', `The request body is too large: it may have at most ${most.toLocaleString('en')} bytes`)

/**
 * Reads the whole body. Fails when the body is larger than this viewer may send, and when the client goes away before its end.
 */
export function readBody(request: IncomingMessage, { user, scopes }: Viewer): Promise<Buffer> {
  const most = user || scopes.size > 0 ? MAX_BODY_BYTES : MAX_ANONYMOUS_BODY_BYTES
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length']) > most) return reject(tooLarge(most))
    const chunks: Buffer[] = []
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= most) return void chunks.push(chunk)
      request.removeAllListeners('data').resume()
      reject(tooLarge(most))
    })
    request.once('end', () => resolve(Buffer.concat(chunks)))
    request.once('error', reject)
    // Every request closes in the end, so an error is made only if it is needed, because making it takes time.
    request.once('close', () => request.complete || reject(new Error('The request was cut off')))
  })
}

export function decodeBody(body: Buffer, contentType: string): string {
  const charset = charsetOf(contentType)
  try {
    return decodeDocument(body, charset)
  } catch (error) {
    if (!(error instanceof MalformedText)) throw error
    const place = placeOfByte(body, error.offset) ?? 'The body'
    throw refused(new GraphQLError(`${place} ${error.problem} of the body`), { code: 'INVALID', status: 400 })
  }
}
