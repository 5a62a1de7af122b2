import { isUtf8 } from 'node:buffer'
import type { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { Busboy } from '@fastify/busboy'
import { decodeText, MalformedText } from '../../../foundation/text-decoding.ts'
import { type Fields, nestFields } from './nested-fields.ts'
import { MAX_BODY_BYTES, MAX_FIELDS, tooManyFields } from './read-body.ts'
import { badRequest } from './rest-errors.ts'

const LIMITS = { parts: MAX_FIELDS, headerPairs: 20, fieldSize: MAX_BODY_BYTES }

/** The value of a field that holds a file. No parameter of REST accepts it. A form of a page may take it, within the bound of the body. */
export class SentFile {
  readonly name: string
  // Private, so that nothing that looks through the fields looks through the bytes.
  readonly #chunks: Buffer[] = []

  constructor(name: string, content: Readable) {
    this.name = name
    content.on('data', (chunk: Buffer) => this.#chunks.push(chunk))
  }

  get content(): Buffer {
    return Buffer.concat(this.#chunks)
  }
}

const malformed = () => badRequest('The body is no valid multipart/form-data')

/** RFC 2046 limits a boundary to 70 characters. */
const BOUNDARY = /;\s*boundary=(?:"([^"]{1,70})"|([^\s";]{1,70}))/i

/** Counts the parts before Busboy parses them, because Busboy reads on through the parts above its limit. */
function assertNotTooMany(body: Buffer, contentType: string): void {
  const [, quoted, plain] = BOUNDARY.exec(contentType) ?? []
  const boundary = quoted ?? plain
  if (boundary === undefined) throw malformed()
  const line = `--${boundary}`
  // One more boundary closes the form.
  let left = MAX_FIELDS + 1
  for (let at = body.indexOf(line); at !== -1; at = body.indexOf(line, at + line.length)) {
    if (left-- === 0) throw tooManyFields()
  }
}

type Pair = [name: string, value: unknown]

async function parse(body: Buffer, contentType: string, defCharset: string): Promise<Pair[]> {
  const pairs: Pair[] = []
  try {
    const form = new Busboy({ headers: { 'content-type': contentType }, limits: LIMITS, defCharset })
    form.on('field', (name, value) => pairs.push([name, value]))
    form.on('file', (name, content, fileName) => {
      pairs.push([name, new SentFile(fileName, content)])
    })
    form.end(body)
    await finished(form)
    return pairs
  } catch {
    throw malformed()
  }
}

const REPLACEMENT = '\uFFFD'

const isReplaced = (value: unknown) => typeof value === 'string' && value.includes(REPLACEMENT)

/** Throws when the bytes of a field are not valid in the charset. The field itself declares no charset. */
function assertDecodes(name: string, bytes: string, charset: string): void {
  try {
    decodeText(Buffer.from(bytes, 'latin1'), charset)
  } catch (error) {
    throw error instanceof MalformedText ? badRequest(`${name.slice(0, 100)} ${error.problem} of its value`) : error
  }
}

/** Parses the form again as bytes and checks the replaced fields, because Busboy silently replaces malformed text. */
async function assertText(pairs: readonly Pair[], body: Buffer, { contentType, charset }: Kind): Promise<void> {
  const asBytes = await parse(body, contentType, 'latin1')
  for (const [at, [name, value]] of pairs.entries()) {
    if (isReplaced(name)) throw badRequest(`The name of a field is not UTF-8: ${name.slice(0, 100)}`)
    if (!isReplaced(value)) continue
    const bytes = asBytes[at]?.[1]
    // Both readings agree, so the field declares a charset itself.
    if (bytes === value) throw badRequest(`${name.slice(0, 100)} is no text in the charset that it declares`)
    assertDecodes(name, String(bytes), charset)
  }
}

/** `charset` applies to fields that declare no charset. */
type Kind = { contentType: string; charset: string }

export async function parseMultipart(body: Buffer, kind: Kind): Promise<Fields> {
  const { contentType, charset } = kind
  assertNotTooMany(body, contentType)
  const pairs = await parse(body, contentType, charset)
  const mayBeReplaced = pairs.some((pair) => pair.some(isReplaced)) && !(isUtf8(body) && body.includes(REPLACEMENT))
  if (mayBeReplaced) await assertText(pairs, body, kind)
  return nestFields(pairs)
}
