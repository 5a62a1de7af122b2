import { finished } from 'node:stream/promises'
import { Busboy } from '@fastify/busboy'
import { badRequest } from './errors.ts'
import { type Fields, nestFields } from './nested-fields.ts'
import { MAX_BODY_BYTES, MAX_FIELDS, tooManyFields } from './read-body.ts'

const LIMITS = { parts: MAX_FIELDS, headerPairs: 20, fieldSize: MAX_BODY_BYTES }

/** What stands for a file where none is expected: no parameter takes it. */
class SentFile {}

const malformed = () => badRequest('The body is no valid multipart/form-data')

/** RFC 2046 has no longer ones. */
const BOUNDARY = /;\s*boundary=(?:"([^"]{1,70})"|([^\s";]{1,70}))/i

/** Counted before they are parsed: Busboy would go on through all that it does not take. */
function assertNotTooMany(body: Buffer, contentType: string): void {
  const [, quoted, plain] = BOUNDARY.exec(contentType) ?? []
  const boundary = quoted ?? plain
  if (boundary === undefined) throw malformed()
  const line = `--${boundary}`
  // One more closes the form.
  let left = MAX_FIELDS + 1
  for (let at = body.indexOf(line); at !== -1; at = body.indexOf(line, at + line.length)) {
    if (left-- === 0) throw tooManyFields()
  }
}

export async function parseMultipart(body: Buffer, contentType: string): Promise<Fields> {
  assertNotTooMany(body, contentType)
  const pairs: [string, unknown][] = []
  try {
    const form = new Busboy({ headers: { 'content-type': contentType }, limits: LIMITS })
    form.on('field', (name, value) => pairs.push([name, value]))
    form.on('file', (name, content) => {
      pairs.push([name, new SentFile()])
      content.resume()
    })
    form.end(body)
    await finished(form)
  } catch {
    throw malformed()
  }
  return nestFields(pairs)
}
