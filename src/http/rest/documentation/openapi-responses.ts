// What an endpoint answers, as OpenAPI describes it.
import { type Endpoint, isKeyed } from '../kit/endpoint.ts'
import { isOfProject } from '../kit/moved-project.ts'
import { COMPONENTS, type Json, jsonSchema, type Schemas } from './json-schema.ts'

export const FILE_TYPE = 'application/octet-stream'

const ERROR = `${COMPONENTS}Error`

const failures: Readonly<Record<number, string>> = {
  400: 'A parameter is wrong (`error`), or a rule is broken (`message`).',
  401: 'The credential is missing or wrong.',
  403: 'The viewer may not do this.',
  404: 'The thing does not exist or is hidden.',
  405: 'The list cannot be paged in this way.',
  409: 'The thing exists already, or the first request with this `Idempotency-Key` is still running.',
  412: 'The thing has changed since the time in `If-Unmodified-Since`.',
  413: 'The body or the answer is too large. For a list that is too large, the message names a `per_page` that fits.',
  416: 'The file does not have the requested part.',
  422: 'This cannot be done now, or the `Idempotency-Key` was used for another request.',
}

const NOT_MODIFIED = ['304', { description: 'The entity tag in `If-None-Match` matches the answer.' }] as const

/** What an endpoint of a project answers under a path that the project had before. Each is described once. */
export const moved = {
  MovedProject: {
    description: 'The project has another path now. `Location` leads to the same with its number.',
    headers: { Location: { required: true, schema: { type: 'string', format: 'uri' } } },
    content: { 'text/plain': { schema: { type: 'string' } } },
  },
  MovedProjectForWrites: {
    description: 'The project has another path now, and writes are not redirected: ask by GET where it is.',
    headers: { Allow: { required: true, schema: { type: 'string' } } },
    content: { 'application/json': { schema: { $ref: ERROR } } },
  },
}

function movedOf(endpoint: Endpoint): [string, Json][] {
  if (!isOfProject(endpoint)) return []
  const [status, name] = endpoint.method === 'get' ? ['301', 'MovedProject'] : ['405', 'MovedProjectForWrites']
  return [[status, { $ref: `#/components/responses/${name}` }]]
}

export function responsesOf(endpoint: Endpoint, schemas: Schemas): Json {
  const { method, answers, failures: own = [], streams } = endpoint
  const ofKeys = isKeyed(endpoint) ? [409, 422] : []
  const good = Object.entries(answers).map(([status, body]) => {
    const json = body && { content: { 'application/json': { schema: jsonSchema(body, 'output', schemas) } } }
    const content = streams && !body && status !== '302' ? { content: { [FILE_TYPE]: {} } } : json
    return [status, { description: status === '302' ? 'See the header `Location`.' : 'Done.', ...content }]
  })
  const bad = [...new Set([400, 401, 403, 404, 413, ...own, ...ofKeys])].map((status) => [
    status,
    { description: failures[status], content: { 'application/json': { schema: { $ref: ERROR } } } },
  ])
  return Object.fromEntries([...good, ...movedOf(endpoint), ...(method === 'get' ? [NOT_MODIFIED] : []), ...bad])
}
