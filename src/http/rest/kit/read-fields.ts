import type { IncomingMessage } from 'node:http'
import type { HonoRequest } from 'hono'
import { charsetIn, encodingOf } from '../../../foundation/text-decoding.ts'
import { parseForm } from './form-body.ts'
import { decodeJson, parseJson } from './json-body.ts'
import { parseMultipart } from './multipart-body.ts'
import { type Fields, nestFields } from './nested-fields.ts'
import { readBytes } from './read-body.ts'
import { RestError } from './rest-errors.ts'

/** The parameters in the query and in the path. A parameter in the path wins. */
export const readParameters = (request: HonoRequest): Fields => ({
  ...nestFields(new URL(request.url).searchParams),
  ...request.param(),
})

/** A body in these encodings cannot be split into fields, because a byte of ASCII may be part of another character. */
const UNLIKE_ASCII = ['utf-16le', 'utf-16be', 'iso-2022-jp']

/** The charset of the body: UTF-8 unless the client declares another charset. */
function charsetOf(contentType: string, isOfFields: boolean): string {
  const charset = charsetIn(contentType) ?? 'utf-8'
  const encoding = encodingOf(charset)
  if (encoding && !(isOfFields && UNLIKE_ASCII.includes(encoding))) return charset
  throw new RestError(415, { error: `The charset '${charset.slice(0, 100)}' is not supported.` })
}

/** So many bytes show whether the body begins like JSON. */
const BEGINNING_BYTES = 1000

const looksLikeJson = (body: Buffer) => /^(?:\xef\xbb\xbf)?\s*\{/.test(body.toString('latin1', 0, BEGINNING_BYTES))

/** Parses JSON, a form or multipart. A body that begins like JSON is JSON, and a body without a type is a form. */
async function parseBody(incoming: IncomingMessage, maxBytes: number): Promise<Fields> {
  const contentType = incoming.headers['content-type'] ?? ''
  const type = (contentType.toLowerCase().split(';', 1)[0] ?? '').trim()
  const isForm = type === 'application/x-www-form-urlencoded'
  const isMultipart = type === 'multipart/form-data'
  const charset = charsetOf(contentType, isForm || isMultipart)
  const body = await readBytes(incoming, { maxBytes, isForm })
  if (isMultipart) return parseMultipart(body, { contentType, charset })
  if (body.length === 0) return {}
  if (/[/+]json$/.test(type) || looksLikeJson(body)) return parseJson(decodeJson(body, charset))
  if (isForm || type === '') return parseForm(body, charset)
  throw new RestError(415, { error: `The provided content-type '${type.slice(0, 100)}' is not supported.` })
}

/** The fields of the body. A body that is not expected has no fields. */
export async function readBody(incoming: IncomingMessage, maxBytes: number): Promise<Fields> {
  if (incoming.method === 'GET' || incoming.method === 'HEAD') return {}
  return parseBody(incoming, maxBytes).catch((error) => {
    // A deletion needs nothing from its body but a credential, so a body that cannot be read is ignored.
    if (incoming.method === 'DELETE') return {}
    throw error
  })
}
