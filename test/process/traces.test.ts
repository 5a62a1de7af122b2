// Traces of a server with a collector of OpenTelemetry: what it is told, and what it never is.
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { saveSetting } from '../../src/modules/notifications/notification-settings.ts'
import * as create from '../support/factories.ts'
import { startMailServer } from '../support/mail-server.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { createJobProject } from './job-project.ts'
import { newDataDir, serve, until } from './serve-world.ts'

type Value = { stringValue?: string; intValue?: number | string }
type Attribute = { key: string; value: Value }
type ExportedSpan = {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  kind: number
  attributes: Attribute[]
  links?: { traceId: string }[]
  status: { code?: number; message?: string }
  events?: unknown[]
}
type Exported = {
  resourceSpans: { resource: { attributes: Attribute[] }; scopeSpans: { spans: ExportedSpan[] }[] }[]
}

/** The exporter sends JSON. */
const exportsOf = (collector: Receiver) => collector.received.map(({ text }) => JSON.parse(text) as Exported)
const spansOf = (collector: Receiver) =>
  exportsOf(collector).flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
  )
const attributesOf = (attributes: readonly Attribute[]) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]))

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const CALLER = 'b7ad6b7169203331'
const SECRETS = ['canary-tag', 'canary-title', 'canary-notes', 'canary-variable', 'canary-credential', 'canary-query']

function client(url: string, token: string) {
  const send = (address: string, init: RequestInit = {}, more: Record<string, string> = {}) =>
    fetch(url + address, { ...init, headers: { 'private-token': token, 'content-type': 'application/json', ...more } })
  return {
    send,
    ask: (body: object, more: Record<string, string> = {}) =>
      send('/graphql?canary-query=1', { method: 'POST', body: JSON.stringify(body) }, more),
  }
}

const CREATE = `mutation Publish($input: ReleaseCreateInput!) { releaseCreate(input: $input) { errors } }`

test('spans tell of requests, statements, git, files, jobs, mails and webhooks, belong together, and hold nothing that is hidden', async () => {
  const project = await createJobProject()
  const mailServer = await startMailServer()
  const reader = await create.createUser()
  await saveSetting(reader.id, { projectId: project.projectId, groupId: null }, { level: 'watch' })
  const hooked = await startReceiver()
  await db.webhook.create({
    data: {
      projectId: project.projectId,
      url: `${hooked.url}/canary-hook`,
      host: new URL(hooked.url).host,
      events: ['releases_events'],
    },
  })
  const collector = await startReceiver(
    (response) => void response.setHeader('content-type', 'application/json').end('{}'),
  )
  const server = serve({
    ...{ ...project.env, SMTP_URL: mailServer.url, ALLOWED_PRIVATE_ADDRESSES: '127.0.0.1' },
    ...{ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_HEADERS: 'x-key=of-the-collector' },
    ...{ OTEL_SERVICE_NAME: 'releases', OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=test' },
  })
  const { ask, send } = client(await server.listening(), project.token)
  const input = {
    projectPath: project.path,
    tagName: 'canary-tag',
    ref: 'main',
    name: 'canary-title',
    description: 'canary-notes',
  }
  const published = await ask(
    { query: CREATE, variables: { input } },
    { traceparent: `00-${TRACE}-${CALLER}-01`, 'x-request-id': 'the-request' },
  )
  expect(await published.json()).toEqual({ data: { releaseCreate: { errors: [] } } })
  const read = `{ project(fullPath: "${project.path}") { release(tagName: "canary-tag") { name commit { sha } } } }`
  expect(await (await ask({ query: read })).json()).toMatchObject({
    data: { project: { release: { name: 'canary-title' } } },
  })
  await ask({ query: 'query($path: ID!) { project(fullPath: $path) { id } }', variables: { path: 'canary-variable' } })
  await send(`/api/v4/projects/${project.projectId}/releases/canary-tag`)
  await send(`/${project.path}/-/archive/canary-tag/x.zip`).then((response) => response.arrayBuffer())
  await send(`/api/v4/projects/${project.projectId}/uploads`, { method: 'POST' }).then((response) => response.text())
  const file = `/api/v4/projects/${project.projectId}/packages/generic/canary-tag/1.0/canary-tag.txt`
  expect((await send(file, { method: 'PUT', body: 'content' })).status).toBe(201)
  await fetch(`${await server.listening()}/api/v4/user`, { headers: { 'private-token': 'canary-credential' } })
  await send(`/${project.path}.git/info/refs?service=git-upload-pack`).then((response) => response.text())
  await send('/api/v4/canary-unknown').then((response) => response.text())
  await hooked.count(1)
  await until(() => mailServer.to(reader.email ?? '').length === 1)
  const has = (name: string) => spansOf(collector).some((span) => span.name === name)
  for (const name of ['webhook', 'mail', 'job mail-release', 'job collect-evidence', 'storage put'])
    await until(() => has(name))
  server.kill('SIGTERM')
  expect(await server.ended).toEqual({ code: 0, signal: null })

  expect(
    collector.received.every(({ path: to, headers }) => to === '/v1/traces' && headers['x-key'] === 'of-the-collector'),
  ).toBe(true)
  expect(collector.received[0]?.headers['content-type']).toBe('application/json')
  const [first] = exportsOf(collector)
  expect(attributesOf(first?.resourceSpans[0]?.resource.attributes ?? [])).toMatchObject({
    'service.name': 'releases',
    'deployment.environment': 'test',
  })

  const spans = spansOf(collector)
  const ofCaller = spans.filter(({ traceId }) => traceId === TRACE)
  const request = ofCaller.find(({ parentSpanId }) => parentSpanId === CALLER)
  expect(request?.name).toBe('POST graphql')
  expect(attributesOf(request?.attributes ?? [])).toEqual({
    ...{ 'http.request.method': 'POST', 'http.response.status_code': 200 },
    ...{ 'waybill.door': 'graphql', 'waybill.request_id': 'the-request', 'http.route': '/graphql' },
  })
  const routes = spans.flatMap(({ attributes }) => attributesOf(attributes)['http.route'] ?? [])
  expect([...new Set(routes)].sort()).toEqual([
    // Of groups and projects, and of what no other route knows.
    '/:path{.+}',
    '/:project.git/info/refs',
    '/:project/-/archive/:rest{.+}',
    '/api/v4/projects/:id/packages/generic/:package_name/:package_version/:file_name{.+}',
    '/api/v4/projects/:id/releases/:tag_name',
    '/api/v4/projects/:id/uploads',
    '/api/v4/user',
    '/graphql',
  ])
  const operation = ofCaller.find(({ name }) => name === 'mutation Publish')
  expect(operation?.parentSpanId).toBe(request?.spanId)
  const inOperation = ofCaller.filter(({ parentSpanId }) => parentSpanId === operation?.spanId).map(({ name }) => name)
  expect(inOperation).toEqual(expect.arrayContaining(['sql projects.byPath', 'git update-ref', 'sql releases.insert']))
  expect(ofCaller.map(({ name }) => name)).toEqual(expect.arrayContaining([expect.stringMatching(/^git [a-z-]+$/)]))
  const job = spans.find(({ name }) => name === 'job collect-evidence')
  expect(job?.traceId).not.toBe(TRACE)
  expect(job?.links?.map(({ traceId }) => traceId)).toEqual([TRACE])
  const delivery = spans.find(({ name }) => name === 'webhook')
  expect(delivery?.traceId).not.toBe(TRACE)
  expect(delivery?.links?.map(({ traceId }) => traceId)).toEqual([TRACE])
  expect(spans.map(({ name }) => name)).toEqual(expect.arrayContaining([expect.stringMatching(/^query [0-9a-f]{16}$/)]))
  const refused = spans.find(({ attributes }) => attributesOf(attributes)['http.response.status_code'] === 401)
  expect(refused?.name).toBe('GET service')

  const all = collector.received.map(({ text }) => text).join('\n')
  const [group = '', name = ''] = project.path.split('/')
  const hidden = [
    ...SECRETS,
    'canary-hook',
    'canary',
    project.token,
    reader.email ?? '',
    reader.username,
    project.path,
    group,
    name,
  ]
  expect(hidden.filter((secret) => secret === '' || all.includes(secret))).toEqual([])
  for (const span of spans) {
    expect(span.name).toMatch(
      /^(?:(?:GET|POST|PUT) (?:graphql|service|git)|(?:query|mutation) \w+|sql [\w. ]+|git [a-z-]+|storage \w+|job [a-z-]+|mail|webhook)$/,
    )
    expect([span.status.message, span.events ?? []]).toEqual([undefined, []])
  }
  const lines = server
    .stderr()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
  const logged = lines.find(({ requestId, msg }) => requestId === 'the-request' && msg === 'request')
  expect(logged).toMatchObject({ traceId: TRACE, spanId: request?.spanId })
}, 120_000)

/** Notes, when a process ends, which files of OpenTelemetry it has loaded. The library of metrics loads its interface in any case. */
const NOTE = `process.on('exit', () => require('node:fs').writeFileSync(process.env.NOTE_TO,
  Object.keys(require.cache).filter((file) => /@opentelemetry.(?!api.)/.test(file)).join('\\n')))`

test.each([
  ['no collector is named', false, {}],
  [
    'a collector is named and OTEL_SDK_DISABLED is true',
    false,
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_SDK_DISABLED: 'true' },
  ],
  ['a collector is named', true, { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:9/v1/traces' }],
])(
  'where %s, that OpenTelemetry is loaded is %s',
  async (_what, loaded, env: Record<string, string>) => {
    const project = await createJobProject()
    const folder = await newDataDir()
    const [hook, note] = [path.join(folder, 'note.cjs'), path.join(folder, 'loaded')]
    await writeFile(hook, NOTE)
    const server = serve({ ...project.env, ...env, NODE_OPTIONS: `--require ${hook}`, NOTE_TO: note })
    const { ask } = client(await server.listening(), project.token)
    expect((await ask({ query: `{ project(fullPath: "${project.path}") { id } }` })).status).toBe(200)
    server.kill('SIGTERM')
    await server.ended
    expect((await readFile(note, 'utf8')).length > 0).toBe(loaded)
    const request = server
      .stderr()
      .split('\n')
      .find((line) => line.includes('"msg":"request"'))
    expect(request?.includes('traceId')).toBe(loaded)
  },
  60_000,
)

test('a collector that never answers fails and slows no request, costs bounded memory, and does not hold up the end', async () => {
  const project = await createJobProject()
  const collector = await startReceiver(() => {})
  const server = serve({ ...project.env, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, RATE_LIMITS: 'off' })
  const url = await server.listening()
  const { ask } = client(url, project.token)
  const query = `{ project(fullPath: "${project.path}") { releases { nodes { tagName } } } }`
  const dropped = async () =>
    Number(/^waybill_spans_total\{result="dropped"\} (\d+)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1])
  await until(async () => {
    const statuses = await Promise.all(Array.from({ length: 50 }, () => ask({ query }).then(({ status }) => status)))
    expect(new Set(statuses)).toEqual(new Set([200]))
    return (await dropped()) > 0
  })
  const ending = performance.now()
  server.kill('SIGTERM')
  expect(await server.ended).toEqual({ code: 0, signal: null })
  expect(performance.now() - ending).toBeLessThan(10_000)
}, 120_000)
