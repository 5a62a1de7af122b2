import { descriptionOf, type Endpoint, isForPipelines, isKeyed } from '../kit/endpoint.ts'
import { type Json, jsonSchema, type Schemas } from './json-schema.ts'
import { FILE_TYPE, moved, responsesOf } from './openapi-responses.ts'
import { operationIdOf } from './operation-id.ts'

const FILE_IN_FORM = {
  type: 'object',
  properties: { file: { type: 'string', contentMediaType: FILE_TYPE } },
  required: ['file'],
}

export type Parameter = {
  name: string
  place: 'path' | 'query' | 'body'
  isRequired: boolean
  /** The type in words. */
  type: string
  description: string
  schema: Json
}

function typeOf({ type, anyOf, enum: values, items, format, maxLength }: Json): string {
  if (Array.isArray(values)) return values.join(' | ')
  if (Array.isArray(anyOf)) return typeOf(anyOf[0] as Json)
  if (type === 'array') return `list of ${typeOf(items as Json)}`
  const bound = maxLength === undefined ? '' : ` of at most ${maxLength} characters`
  return `${format ?? type ?? ''}${bound}`
}

/**
 * A parameter is in the path if the path names it. Otherwise it is in the query of a reading, deleting or streaming endpoint, and
 * in the body of any other endpoint.
 */
export function parametersOf({ method, path, input, streams }: Endpoint, schemas: Schemas = {}): Parameter[] {
  const { properties = {}, required = [] } = jsonSchema(input, 'input', schemas) as {
    properties?: Record<string, Json>
    required?: string[]
  }
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name)
  const elsewhere = streams || method === 'get' || method === 'delete' ? 'query' : 'body'
  return Object.entries(properties).map(([name, { description = '', ...schema }]) => {
    const place = inPath.includes(name) ? 'path' : elsewhere
    const isRequired = place === 'path' || required.includes(name)
    return { name, place, isRequired, type: typeOf(schema), description: String(description), schema }
  })
}

/** The header that every write accepts, except a `put` that streams a file. */
const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'A key of your choice, unique to your token. A write that is sent again with its key within 24 hours is not made again: it ' +
    'gets the first answer and the header `Idempotency-Replayed: true`. The answer is 409 while the first request is still ' +
    'running, 422 when the key was used for another write, and 403 when you have lost a role since. The server keeps answers ' +
    'about writes that were made and about broken rules. It does not keep refusals and failures. Needs an account.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x20-\\x7e]*$' },
}

function inputOf(endpoint: Endpoint, schemas: Schemas): Json {
  const all = parametersOf(endpoint, schemas)
  const named = all
    .filter(({ place }) => place !== 'body')
    .map(({ name, place, isRequired, description, schema }) => ({
      name,
      in: place,
      required: isRequired,
      description,
      schema,
    }))
  const parameters = [...named, ...(isKeyed(endpoint) ? [idempotencyKey] : [])]
  if (endpoint.streams && endpoint.method === 'post') {
    return { parameters, requestBody: { required: true, content: { 'multipart/form-data': { schema: FILE_IN_FORM } } } }
  }
  if (endpoint.streams && endpoint.method === 'put') {
    return { parameters, requestBody: { required: true, content: { [FILE_TYPE]: {} } } }
  }
  const inBody = all.filter(({ place }) => place === 'body')
  if (inBody.length === 0) return { parameters }
  const required = inBody.filter(({ isRequired }) => isRequired).map(({ name }) => name)
  const schema = {
    type: 'object',
    properties: Object.fromEntries(inBody.map(({ name, description, schema }) => [name, { ...schema, description }])),
    ...(required.length > 0 ? { required } : {}),
  }
  const kinds = ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data']
  const content = Object.fromEntries(kinds.map((kind) => [kind, { schema }]))
  return { parameters, requestBody: { required: required.length > 0, content } }
}

const securitySchemes = {
  accessToken: { type: 'apiKey', in: 'header', name: 'PRIVATE-TOKEN', description: 'An access token.' },
  jobToken: {
    type: 'apiKey',
    in: 'header',
    name: 'JOB-TOKEN',
    description: 'The token of a CI job. Only some endpoints accept it.',
  },
  bearer: { type: 'http', scheme: 'bearer', description: 'An access token or the token of a CI job.' },
}

const security = (jobTokens: boolean) => [
  { accessToken: [] },
  ...(jobTokens ? [{ jobToken: [] }] : []),
  { bearer: [] },
  {},
]

/** Turns `:name` and `:name{.+}` into `{name}`. */
export const documentedPath = (path: string) => path.replace(/:(\w+)(?:\{[^}]*\})?/g, '{$1}')

function operationOf(endpoint: Endpoint, schemas: Schemas): Json {
  const { tag, summary } = endpoint
  const description = descriptionOf(endpoint)
  return {
    tags: [tag],
    operationId: operationIdOf(endpoint),
    summary,
    ...(description === '' ? {} : { description }),
    ...inputOf(endpoint, schemas),
    responses: responsesOf(endpoint, schemas),
    security: security(isForPipelines(endpoint)),
  }
}

const text = { type: 'string' }

export function openApiDocument(endpoints: readonly Endpoint[], serverUrl: string): Json {
  const schemas: Schemas = {
    Error: {
      type: 'object',
      properties: { message: { type: ['string', 'array', 'object'] }, error: text, error_description: text },
    },
  }
  const paths: Record<string, Json> = {}
  for (const endpoint of endpoints) {
    const path = documentedPath(endpoint.path)
    paths[path] = { ...paths[path], [endpoint.method]: operationOf(endpoint, schemas) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Waybill',
      version: 'v4',
      description:
        'Releases and the things that belong to them, as in GitLab. Lists have pages (`page`, `per_page`). Headers tell the ' +
        'place of a page. Send parameters as JSON, as a form or in the query.',
    },
    servers: [{ url: serverUrl }],
    tags: [...new Set(endpoints.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: { schemas, responses: moved, securitySchemes },
  }
}
