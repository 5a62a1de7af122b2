import type { IncomingMessage } from 'node:http'
import type { HonoRequest } from 'hono'
import { RestError } from './errors.ts'
import { parseJson } from './json-body.ts'
import { parseMultipart } from './multipart-body.ts'
import { type Fields, nestFields } from './nested-fields.ts'
import { countPairs, MAX_FIELDS, readBytes, tooManyFields } from './read-body.ts'

/** What the request names in the query and in the path, the later ones first. */
export const readParameters = (request: HonoRequest): Fields => ({
  ...nestFields(new URL(request.url).searchParams),
  ...request.param(),
})

function parseForm(text: string): Fields {
  // Counted as it came, where its type said that it is a form.
  if (countPairs(text) > MAX_FIELDS) throw tooManyFields()
  return nestFields(new URLSearchParams(text))
}

/** JSON, form or multipart; a body of no known type when it looks like one of them. */
async function parseBody(incoming: IncomingMessage, maxBytes: number): Promise<Fields> {
  const contentType = incoming.headers['content-type'] ?? ''
  const type = (contentType.toLowerCase().split(';', 1)[0] ?? '').trim()
  const isForm = type === 'application/x-www-form-urlencoded'
  const body = await readBytes(incoming, { maxBytes, isForm })
  if (type === 'multipart/form-data') return parseMultipart(body, contentType)
  const text = body.toString('utf8')
  if (text === '') return {}
  if (/[/+]json$/.test(type) || /^\s*\{/.test(text)) return parseJson(text)
  if (isForm || type === '') return parseForm(text)
  throw new RestError(415, { error: `The provided content-type '${type.slice(0, 100)}' is not supported.` })
}

/** What the request names in its body; nothing where none is expected. */
export async function readBody(incoming: IncomingMessage, maxBytes: number): Promise<Fields> {
  if (incoming.method === 'GET' || incoming.method === 'HEAD') return {}
  return parseBody(incoming, maxBytes).catch((error) => {
    // Of what is deleted nothing but a credential is asked.
    if (incoming.method === 'DELETE') return {}
    throw error
  })
}
