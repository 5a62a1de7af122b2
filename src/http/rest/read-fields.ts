import type { HonoRequest } from 'hono'
import { badRequest, RestError } from './errors.ts'
import { type Fields, nestFields } from './nested-fields.ts'

/** A release's notes may have 1,000,000 characters of up to 4 bytes, and encodings may multiply them. */
export const MAX_BODY_BYTES = 16_000_000

function parseJson(text: string): Fields {
  if (text.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
  } catch {
    // Told below.
  }
  throw badRequest('The body must be a JSON object')
}

const readForm = async (request: HonoRequest): Promise<Fields> => {
  const form = await request.formData().catch(() => {
    throw badRequest('The body is no valid multipart/form-data')
  })
  return nestFields(form.entries())
}

/** JSON, form or multipart; a body of no known type when it looks like one of them. */
async function readBody(request: HonoRequest): Promise<Fields> {
  const [type = ''] = (request.header('content-type') ?? '').toLowerCase().split(';')
  if (type.trim() === 'multipart/form-data') return readForm(request)
  const text = await request.text()
  if (text === '') return {}
  if (/[/+]json$/.test(type.trim()) || /^\s*\{/.test(text)) return parseJson(text)
  if (type === '' || type.trim() === 'application/x-www-form-urlencoded') return nestFields(new URLSearchParams(text))
  throw new RestError(415, { error: `The provided content-type '${type.slice(0, 100)}' is not supported.` })
}

/** What the request names in the query and in the path, the later ones first. */
export const readParameters = (request: HonoRequest): Fields => ({
  ...nestFields(new URL(request.url).searchParams),
  ...request.param(),
})

/** Everything that the request names: in the body, in the query, in the path, the later ones first. */
export async function readFields(request: HonoRequest): Promise<Fields> {
  const parameters = readParameters(request)
  if (request.method === 'GET' || request.method === 'HEAD') return parameters
  // Of what is deleted nothing but a credential is asked.
  const body = await readBody(request).catch((error) => {
    if (request.method === 'DELETE') return {}
    throw error
  })
  return { ...body, ...parameters }
}
