import type { IncomingMessage } from 'node:http'
import { GraphQLError } from 'graphql'
import type { Viewer } from '../../access/viewer.ts'
import { AppError } from '../../foundation/errors.ts'
import { placeOfByte } from '../../foundation/json-place.ts'
import { decodeDocument, MalformedText } from '../../foundation/text-decoding.ts'
import { refused } from '../../pipeline/refusal.ts'
import { charsetOf } from './content-type.ts'

/** A release's notes may have 1,000,000 characters of up to 4 bytes, and JSON may double some of them. */
const MAX_BODY_BYTES = 10_000_000
/** Who may write nothing has nothing long to say. */
const MAX_ANONYMOUS_BODY_BYTES = 100_000

const tooLarge = (most: number) =>
  new AppError('TOO_LARGE', `The request body is too large: it may have at most ${most.toLocaleString('en')} bytes`)

/** The whole body, by then known to be within the bound of who asks; an error when the client goes away before its end. */
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
    // It closes in the end in any case, and to make an error takes time.
    request.once('close', () => request.complete || reject(new Error('The request was cut off')))
  })
}

/** The body as text, in the charset that is declared. */
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
