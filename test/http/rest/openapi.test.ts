import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { beforeAll, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { createMetrics } from '../../../src/http/metrics.ts'
import { documentedPath } from '../../../src/http/rest/documentation/openapi.ts'
import { endpoints } from '../../../src/http/rest/endpoints.ts'
import { createServiceDoor, type ServiceParts } from '../../../src/http/service-door.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type World } from '../../support/world.ts'
import { encoded, rest } from './client.ts'

const app = useApp()

type Operation = {
  summary: string
  operationId: string
  parameters: { name: string; in: string; required: boolean }[]
  requestBody?: { content: Record<string, { schema: { properties: object; required?: string[] } }> }
  responses: Record<string, { content?: Record<string, { schema: object }> }>
}

type Document = { openapi: string; paths: Record<string, Record<string, Operation>>; components: object }

let world: World
let document: Document
beforeAll(async () => {
  world = await createWorld(app)
  document = (await rest(app, 'GET', '/openapi.json')).body
})

test('the document is valid OpenAPI 3.1', async () => {
  const result = await new Validator().validate(structuredClone(document))
  expect(result).toEqual({ valid: true })
  expect(document.openapi).toBe('3.1.0')
})

test('the document holds every endpoint, with its path and its parameters', () => {
  const documented = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method} ${path}`),
  )
  expect(documented).toHaveLength(endpoints.length)
  const create = document.paths['/projects/{id}/releases']?.post
  expect(create?.parameters.map(({ name }) => name)).toEqual(['id', 'Idempotency-Key'])
  const { schema } = create?.requestBody?.content['application/json'] ?? {}
  expect(schema?.required).toEqual(['tag_name'])
  expect(Object.keys(schema?.properties ?? {})).toContain('milestone_ids')
  const list = document.paths['/projects/{id}/releases']?.get
  expect(list?.parameters.filter(({ required }) => required).map(({ name }) => name)).toEqual(['id'])
})

const operations = () =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, ...operation })),
  )

/** The routes of the server, described or not: `get /projects/{id}`. */
const servedRoutes = () =>
  createServiceDoor({
    metrics: createMetrics(),
    metricsToken: null,
    baseUrl: 'https://waybill.example',
  } as ServiceParts)
    .routes.filter(({ method, path }) => method !== 'ALL' && path.startsWith('/api/v4/'))
    .map(({ method, path }) => `${method.toLowerCase()} ${documentedPath(path.replace('/api/v4', ''))}`)

test('the document holds all that is served below /api/v4 but itself and its page, and nothing else', () => {
  const described = operations().map(({ method, path }) => `${method} ${path}`)
  const served = servedRoutes().filter((route) => route !== 'get /openapi.json' && route !== 'get /docs')
  expect(described.toSorted()).toEqual(served.toSorted())
  expect(served).toContain('put /projects/{id}/report_artifacts/{sha}/{file_name}')
})

test('each operation has an ID of its own, which reads well', () => {
  const ids = operations().map(({ operationId }) => operationId)
  expect(new Set(ids).size).toBe(ids.length)
  for (const id of ids) expect(id).toMatch(/^[a-z]+[A-Z][A-Za-z0-9]+$/)
  expect(document.paths['/projects/{id}/releases']).toMatchObject({
    get: { operationId: 'listProjectReleases' },
    post: { operationId: 'createProjectRelease' },
  })
  expect(document.paths['/projects/{id}/releases/{tag_name}/evidence']).toMatchObject({
    post: { operationId: 'collectProjectReleaseEvidence' },
  })
})

test('the document has days as dates, and moments as times', () => {
  const properties = (path: string, method: string) =>
    document.paths[path]?.[method]?.requestBody?.content['application/json']?.schema.properties as Record<
      string,
      object
    >
  const isDay = { anyOf: [{ type: 'string', format: 'date' }, { type: 'null' }] }
  for (const kind of ['projects', 'groups']) {
    for (const [path, method] of [
      ['', 'post'],
      ['/{milestone_id}', 'put'],
    ] as const) {
      const { due_date, start_date } = properties(`/${kind}/{id}/milestones${path}`, method)
      expect([due_date, start_date]).toMatchObject([isDay, isDay])
    }
  }
  expect(properties('/projects/{id}/issues', 'post').due_date).toMatchObject(isDay)
  expect(properties('/projects/{id}/issues/{issue_iid}', 'put').due_date).toMatchObject(isDay)
  expect(properties('/projects/{id}/releases', 'post').released_at).toMatchObject({
    anyOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }],
  })
})

test('writes take an Idempotency-Key, except files that are sent with PUT, and reads take none', () => {
  for (const { path, method, parameters } of operations()) {
    const takesKey = parameters.some(({ name, in: place }) => name === 'Idempotency-Key' && place === 'header')
    const isFile = method === 'put' && /\/(?:generic|report_artifacts)\//.test(path)
    expect([method, path, takesKey]).toEqual([method, path, method !== 'get' && !isFile])
  }
})

test('the server answers what is documented', async () => {
  const validator = new Ajv2020({ strict: false, formats: { 'date-time': true, date: true } })
  validator.addSchema({ $id: 'api', ...document })
  const milestone = await create.createMilestone({ projectId: world.project.id })
  const period = { freeze_start: '0 23 * * 5', freeze_end: '0 7 * * 1' }
  const project = `/projects/${world.project.id}`
  const requests: [string, string, string, unknown?][] = [
    ['get', '/projects/{id}/releases', `${project}/releases`],
    ['get', '/projects/{id}/releases/{tag_name}', `${project}/releases/v1.0.0?include_html_description=1`],
    ['post', '/projects/{id}/releases', `${project}/releases`, { tag_name: 'v2', ref: 'main' }],
    ['post', '/projects/{id}/releases/{tag_name}/evidence', `${project}/releases/v1.0.0/evidence`],
    ['get', '/projects/{id}/releases/{tag_name}/assets/links', `${project}/releases/v1.0.0/assets/links`],
    ['post', '/projects/{id}/freeze_periods', `${project}/freeze_periods`, period],
    ['get', '/projects/{id}/freeze_periods', `${project}/freeze_periods`],
    ['post', '/projects/{id}/protected_tags', `${project}/protected_tags`, { name: 'x*' }],
    ['get', '/projects/{id}/protected_tags', `${project}/protected_tags`],
    ['get', '/projects/{id}/milestones/{milestone_id}', `${project}/milestones/${milestone.id}`],
    ['get', '/projects/{id}/milestones', `${project}/milestones`],
    ['post', '/projects/{id}/issues', `${project}/issues`, { title: 'x', milestone_id: milestone.id }],
    ['get', '/projects/{id}/issues', `${project}/issues`],
    ['get', '/projects/{id}/repository/tags', `${project}/repository/tags`],
    ['get', '/projects/{id}/repository/branches', `${project}/repository/branches`],
    ['get', '/projects/{id}/repository/commits/{sha}', `${project}/repository/commits/main`],
    ['get', '/projects/{id}/repository/commits/{sha}/refs', `${project}/repository/commits/main/refs`],
    ['get', '/projects/{id}/repository/commits/{sha}/diff', `${project}/repository/commits/main/diff`],
    ['get', '/projects/{id}/repository/changelog', `${project}/repository/changelog?version=2.0.0`],
    ['post', '/projects/{id}/repository/changelog', `${project}/repository/changelog`, { version: '2.0.0' }],
    ['get', '/projects/{id}/repository/commits', `${project}/repository/commits?with_stats=true&trailers=true`],
    ['get', '/projects/{id}/merge_requests', `${project}/merge_requests`],
    ['get', '/projects/{id}/members/all', `${project}/members/all`],
    ['get', '/projects/{id}', project],
    ['get', '/projects', '/projects'],
    ['get', '/projects', '/projects?simple=true'],
    ['get', '/projects', '/projects?pagination=keyset'],
    ['get', '/groups', '/groups?all_available=true'],
    ['get', '/groups/{id}', `/groups/${world.group.id}`],
    ['get', '/groups/{id}/projects', `/groups/${world.group.id}/projects`],
    ['get', '/users', '/users'],
    ['get', '/users/{id}', `/users/${world.users.guest.id}`],
    ['get', '/user', '/user'],
    ['get', '/version', '/version'],
    ['get', '/metadata', '/metadata'],
    ['get', '/projects/{id}/releases/{tag_name}', `${project}/releases/none`],
  ]
  for (const [method, path, url, json] of requests) {
    const { status, body } = await rest(app, method.toUpperCase(), url, { token: world.tokens.owner, json })
    const name = [path, method, 'responses', status, 'content', 'application/json', 'schema']
    const pointer = name.map((part) => String(part).replaceAll('~', '~0').replaceAll('/', '~1')).join('/')
    const validate = validator.getSchema(`api#/paths/${pointer.replaceAll('{', '%7B').replaceAll('}', '%7D')}`)
    expect(validate, `${method} ${path} answers ${status}`).toBeDefined()
    validate?.(body)
    expect(validate?.errors, `${method} ${path}`).toBeNull()
  }
})

test('every route of a project leads on from an old path of the project, as is documented', async () => {
  const { project } = await createWorld(app)
  const moved = await db.project.update({ where: { id: project.id }, data: { path: `moved-${project.path}` } })
  const old = encoded(project.fullPath)
  const token = await create.tokenFor(await create.createUser({ admin: true }))
  const ofProjects = operations().filter(({ path }) => /^\/projects\/\{id\}(?:\/|$)/.test(path))
  expect(ofProjects.length).toBeGreaterThan(80)
  for (const { path, method, responses } of ofProjects) {
    const url = path.replace('{id}', old).replace(/\{\w+\}/g, '1')
    const { status, headers } = await rest(app, method.toUpperCase(), url, { token })
    const shown = method === 'get' ? [301, 'MovedProject'] : [405, 'MovedProjectForWrites']
    expect([method, path, status, responses[status]]).toEqual([
      ...[method, path, shown[0]],
      { $ref: `#/components/responses/${shown[1]}` },
    ])
    if (status === 301) expect(headers.get('location')).toContain(`/projects/${moved.id}`)
  }
})

test('people find the same on a page that needs nothing from elsewhere', async () => {
  const response = await fetch(`${app.url}/api/v4/docs`)
  const page = await response.text()
  expect(response.headers.get('content-type')).toContain('text/html')
  for (const { summary } of endpoints) expect(page).toContain(summary)
  expect(page).toContain('/projects/{id}/releases/{tag_name}')
  expect(page).not.toMatch(/<script|https?:\/\/(?!127\.0\.0\.1)/)
})

test('a page of any origin may ask for the document', async () => {
  const headers = { origin: 'https://front.example.com' }
  const { headers: answered } = await rest(app, 'GET', `/projects/${world.project.id}/releases`, { headers })
  expect(answered.get('access-control-allow-origin')).toBe('*')
  expect(answered.get('access-control-expose-headers')).toContain('x-next-page')
  expect(answered.get('cache-control')).toBe('private, no-cache')
})
