import { finished } from 'node:stream/promises'
import { Busboy } from '@fastify/busboy'
import { badRequest } from './errors.ts'
import { type Fields, nestFields } from './nested-fields.ts'
import { MAX_BODY_BYTES, MAX_FIELDS, tooManyFields } from './read-body.ts'

const LIMITS = { parts: MAX_FIELDS, headerPairs: 20, fieldSize: MAX_BODY_BYTES }

/** What stands for a file where none is expected: no parameter takes it. */
class SentFile {}

const malformed = () => badRequest('The body is no valid multipart/form-data')

export async function parseMultipart(body: Buffer, contentType: string): Promise<Fields> {
  const pairs: [string, unknown][] = []
  let isWhole = true
  try {
    const form = new Busboy({ headers: { 'content-type': contentType }, limits: LIMITS })
    form.on('field', (name, value) => pairs.push([name, value]))
    form.on('file', (name, content) => {
      pairs.push([name, new SentFile()])
      content.resume()
    })
    form.on('partsLimit', () => {
      isWhole = false
    })
    form.end(body)
    await finished(form)
  } catch {
    throw malformed()
  }
  if (!isWhole) throw tooManyFields()
  return nestFields(pairs)
}
