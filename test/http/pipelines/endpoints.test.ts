import { describe, expect, test } from 'vitest'
import { endpoints } from '../../../src/http/rest/endpoints.ts'
import { type Endpoint, isForPipelines } from '../../../src/http/rest/kit/endpoint.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { snapshot } from '../../support/snapshot.ts'
import { createWorld, type World } from '../../support/world.ts'
import { encoded, rest } from '../rest/client.ts'
import { jobToken, pipelines, trustedIssuer, withToken } from './credentials.ts'
import { endpointRequests, periodPath, RELEASE, type Request } from './endpoint-requests.ts'

const app = useApp({ jwtIssuers: () => [trustedIssuer] })

/** The endpoints that a pipeline may use, with the status of the answer. Every other endpoint that writes must be refused. */
const admitted: Readonly<Record<string, number>> = {
  [`post ${RELEASE}`]: 201,
  [`put ${RELEASE}/:tag_name`]: 200,
  [`delete ${RELEASE}/:tag_name`]: 200,
  [`put ${RELEASE}/:tag_name/draft`]: 200,
  [`delete ${RELEASE}/:tag_name/draft`]: 200,
  [`post ${RELEASE}/:tag_name/publish`]: 201,
  [`post ${RELEASE}/:tag_name/evidence`]: 202,
  [`post ${RELEASE}/:tag_name/assets/links`]: 201,
  [`put ${RELEASE}/:tag_name/assets/links/:link_id`]: 200,
  [`delete ${RELEASE}/:tag_name/assets/links/:link_id`]: 200,
  'put /projects/:id/packages/generic/:package_name/:package_version/:file_name': 201,
  'put /projects/:id/report_artifacts/:sha/:file_name': 201,
  'delete /projects/:id/packages/:package_id': 204,
  'delete /projects/:id/packages/:package_id/package_files/:package_file_id': 204,
  'post /projects/:id/milestones': 201,
  'put /projects/:id/milestones/:milestone_id': 200,
  'delete /projects/:id/milestones/:milestone_id': 204,
  'post /projects/:id/issues': 201,
  'put /projects/:id/issues/:issue_iid': 200,
  'post /projects/:id/repository/tags': 201,
  'delete /projects/:id/repository/tags/:tag_name': 204,
  'post /projects/:id/repository/branches': 201,
  'post /projects/:id/repository/changelog': 200,
  'delete /projects/:id/repository/branches/:branch': 204,
}

const plain = (path: string) => path.replace(/\{[^}]*\}/g, '')
const keyOf = ({ method, path }: Endpoint) => `${method} ${plain(path)}`
const writing = endpoints.filter(({ method }) => method !== 'get').map(keyOf)

async function ownedWorld(): Promise<World> {
  const world = await createWorld(app, { project: { visibility: 'private' } })
  await create.addMember({ group: world.group }, world.users.owner, 'owner')
  return world
}

const methodOf = (key: string) => key.split(' ', 1).join('').toUpperCase()

async function requestFor(key: string, world: World): Promise<Request> {
  const request = await endpointRequests[key]?.(world, app)
  if (!request) throw new Error(`This test has no request for ${key}`)
  return request
}

describe.each(Object.entries(pipelines))('%s of an Owner', (_kind, headersOf) => {
  test.each(writing.filter((key) => key in admitted))('may send %s', async (key) => {
    const world = await ownedWorld()
    const { path, ...options } = await requestFor(key, world)
    const { status } = await rest(app, methodOf(key), path, { ...options, headers: await headersOf(app, world) })
    expect(status).toBe(admitted[key])
  })

  test.each(writing.filter((key) => !(key in admitted)))('is refused %s, and changes nothing', async (key) => {
    const world = await ownedWorld()
    const { path, ...options } = await requestFor(key, world)
    const headers = await headersOf(app, world)
    const before = await snapshot(app, world.project.id)
    const { status, body } = await rest(app, methodOf(key), path, { ...options, headers })
    const expected = /freeze_periods|hooks/.test(key) ? [401, '401 Unauthorized'] : [403, '403 Forbidden']
    expect([status, body.message]).toEqual(expected)
    expect(await snapshot(app, world.project.id)).toEqual(before)
    // The same Owner may send it with an access token, so the refusal was because of the credential.
    const again = await rest(app, methodOf(key), path, { ...options, headers: withToken(world.tokens.owner) })
    expect([200, 201, 202, 204]).toContain(again.status)
  })

  test('counts as anonymous for freeze periods and the releases of groups', async () => {
    const world = await ownedWorld()
    const headers = await headersOf(app, world)
    const paths = [`/projects/${world.project.id}/freeze_periods`, `/groups/${world.group.id}/releases`]
    for (const path of [await periodPath(world), ...paths]) {
      const { status, body } = await rest(app, 'GET', path, { headers })
      expect([path, status, body]).toEqual([path, 401, { message: '401 Unauthorized' }])
      expect((await rest(app, 'GET', path, { token: world.tokens.owner })).status).toBe(200)
    }
  })
})

test('the parameter job_token gets around no rule', async () => {
  const world = await ownedWorld()
  const token = await jobToken(app, world)
  const path = (name: string) => `/projects/${world.project.id}/${name}?job_token=${encoded(token)}`
  expect((await rest(app, 'GET', path('freeze_periods'))).status).toBe(401)
  expect((await rest(app, 'POST', path('protected_tags'), { json: { name: 'v*' } })).status).toBe(403)
  expect((await rest(app, 'GET', path('releases'))).status).toBe(200)
})

test('an endpoint that writes and names no ability is closed to pipelines, and so is one that names a new ability', () => {
  const [read, ...others] = endpoints
  if (!read) throw new Error('There are no endpoints')
  const { ability: _, ...nameless } = read
  expect(others).not.toEqual([])
  for (const method of ['post', 'put', 'delete'] as const) {
    expect(isForPipelines({ ...nameless, method })).toBe(false)
    expect(isForPipelines({ ...nameless, method, ability: 'project:update' })).toBe(false)
  }
  expect(isForPipelines({ ...nameless, method: 'get' })).toBe(true)
})

test('the documentation says which endpoints refuse pipelines', async () => {
  const { body } = await rest(app, 'GET', '/openapi.json')
  const documented = (path: string, method: string) => {
    const { description = '', security } = body.paths[path][method]
    return [description.includes('Refused to job tokens'), security.some((one: object) => 'jobToken' in one)]
  }
  for (const endpoint of endpoints) {
    const path = plain(endpoint.path).replace(/:(\w+)/g, '{$1}')
    const isOpen =
      endpoint.method === 'get'
        ? !/freeze_periods|hooks|notification_settings|personal_data|groups\/:id\/releases|uploads(?:\/:upload_id)?$/.test(
            endpoint.path,
          )
        : keyOf(endpoint) in admitted
    expect([keyOf(endpoint), ...documented(path, endpoint.method)]).toEqual([keyOf(endpoint), !isOpen, isOpen])
  }
})
