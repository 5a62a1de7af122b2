import { beforeAll, describe, expect, test } from 'vitest'
import { useApp } from '../support/app.ts'
import { createWorld, type World } from '../support/world.ts'

const app = useApp()

let world: World
beforeAll(async () => {
  world = await createWorld(app)
})

type Sent = [path: string, init?: RequestInit]

const html = { accept: 'text/html' }
const page = (path: string): Sent => [path, { headers: html }]
const graphql = (query: string, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify({ query }),
})
const put = (body: string, token: string | null): RequestInit => ({
  method: 'PUT',
  headers: { 'private-token': token ?? '' },
  body,
})

/** The answers and the failures of each door. */
const requests: [string, number, () => Sent][] = [
  ['health', 200, () => ['/health']],
  ['readiness', 200, () => ['/ready']],
  ['metrics', 200, () => ['/metrics']],
  ['the entrance', 302, () => ['/']],
  ['an unknown path', 404, () => page('/nowhere')],
  ['a NUL byte', 404, () => ['/a%00b']],
  [
    'a preflight',
    204,
    () => [
      '/graphql',
      { method: 'OPTIONS', headers: { origin: 'https://a.example', 'access-control-request-method': 'POST' } },
    ],
  ],
  ['a query', 200, () => ['/graphql', graphql('{ __typename }')]],
  ["a query at GitLab's path", 200, () => ['/api/graphql', graphql('{ __typename }')]],
  ['a query that fails', 200, () => ['/graphql', graphql('{ nonsense }')]],
  ['a query with a wrong token', 401, () => ['/graphql', graphql('{ __typename }', { 'private-token': 'wrong' })]],
  ['a body that is no query', 400, () => ['/graphql', { ...graphql(''), body: '{' }]],
  ['GraphiQL', 200, () => page('/graphql')],
  ["GraphiQL at GitLab's path", 200, () => page('/api/graphql')],
  ['REST', 200, () => [`/api/v4/projects/${world.project.id}`]],
  ['a missing project in REST', 404, () => page('/api/v4/projects/0')],
  ['an unknown path of REST', 404, () => page('/api/v4/nowhere')],
  ['a wrong parameter', 400, () => [`/api/v4/projects/${world.project.id}/releases?per_page=x`]],
  ['a wrong token in REST', 401, () => ['/api/v4/user?private_token=wrong']],
  ['what is known already', 304, () => [`/api/v4/projects/${world.project.id}`, { headers: { 'if-none-match': '*' } }]],
  ["REST's documentation", 200, () => page('/api/v4/docs')],
  ['OpenAPI', 200, () => ['/api/v4/openapi.json']],
  ['a permanent link in REST', 302, () => [`/api/v4/projects/${world.project.id}/releases/permalink/latest`]],
  ['the keys', 200, () => ['/.well-known/jwks.json']],
  ['the list of releases', 200, () => page(`/${world.project.fullPath}/-/releases`)],
  ['the list of releases as JSON', 200, () => [`/${world.project.fullPath}/-/releases.json`]],
  ['the feed', 200, () => [`/${world.project.fullPath}/-/releases.atom`]],
  ['the page of a release', 200, () => page(`/${world.project.fullPath}/-/releases/v1.0.0`)],
  ['the page of a release that is missing', 404, () => page(`/${world.project.fullPath}/-/releases/v9`)],
  ['a permanent link', 302, () => [`/${world.project.fullPath}/-/releases/permalink/latest`]],
  ['a download elsewhere', 200, () => page(`/${world.project.fullPath}/-/releases/v1.0.0/downloads/bin/linux`)],
  ['a download for programs', 302, () => [`/${world.project.fullPath}/-/releases/v1.0.0/downloads/bin/linux`]],
  ['an archive', 200, () => [`/${world.project.fullPath}/-/archive/v1.0.0/x.tar.gz`]],
  ['the head of an archive', 200, () => [`/${world.project.fullPath}/-/archive/v1.0.0/x.zip`, { method: 'HEAD' }]],
  [
    'an archive that is known',
    304,
    () => [`/${world.project.fullPath}/-/archive/v1.0.0/x.tar.gz`, { headers: { 'if-none-match': '*' } }],
  ],
  ['evidence that is missing', 404, () => [`/${world.project.fullPath}/-/releases/v1.0.0/evidences/9.json`]],
  ['evidence', 200, () => [`/${world.project.fullPath}/-/releases/v1.0.0/evidence.json`]],
  ['a release that is missing, for programs', 404, () => [`/${world.project.fullPath}/-/releases/v9`]],
  ['an archive that is missing', 404, () => page(`/${world.project.fullPath}/-/archive/v9/x.zip`)],
  ['a file of a package that is missing', 404, () => page(`/${world.project.fullPath}/-/package_files/9/download`)],
  [
    'an upload',
    201,
    () => [`/api/v4/projects/${world.project.id}/packages/generic/a/1/b.html`, put('<script>', world.tokens.owner)],
  ],
  ['a file of a package', 200, () => page(`/api/v4/projects/${world.project.id}/packages/generic/a/1/b.html`)],
  [
    'a report artifact',
    201,
    () => [
      `/api/v4/projects/${world.project.id}/report_artifacts/${'a'.repeat(40)}/b.html`,
      put('<b>', world.tokens.owner),
    ],
  ],
  ['a fetch', 200, () => [`/${world.project.fullPath}.git/info/refs?service=git-upload-pack`]],
  ['a push of nobody', 401, () => [`/${world.project.fullPath}.git/info/refs?service=git-receive-pack`]],
  ['an old client of git', 401, () => [`/${world.project.fullPath}.git/info/refs`]],
]

describe.each(requests)('%s', (_what, status, sent) => {
  test('has a type that browsers do not guess at, and a page cannot be framed', async () => {
    const [path, init] = sent()
    const response = await fetch(app.url + path, { redirect: 'manual', ...init })
    await response.arrayBuffer()
    expect(response.status).toBe(status)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    if (!response.headers.get('content-type')?.includes('html')) return
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none';.* frame-ancestors 'none'$/)
    expect(response.headers.get('referrer-policy')).toBe('same-origin')
  })

  test('is kept by no cache for others where the viewer decides what it says', async () => {
    const [path, init] = sent()
    const response = await fetch(app.url + path, { redirect: 'manual', ...init })
    await response.arrayBuffer()
    const decides = /^\/(?:api\/v4\/(?:projects|user)|group-|[^/]+\/[^/]+\/-\/)/.test(path) && !path.includes('.git/')
    if (!decides) return
    expect(response.headers.get('cache-control')).toMatch(/^(?:private|no-store)/)
    expect(response.headers.get('vary')).toContain('cookie')
  })
})

test('a stream of events has a type that browsers do not guess at', async () => {
  const controller = new AbortController()
  const query = `subscription { releasePublished(projectPath: "${world.project.fullPath}") { name } }`
  const response = await fetch(`${app.url}/graphql`, {
    ...graphql(query, { accept: 'text/event-stream' }),
    signal: controller.signal,
  })
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  controller.abort()
})

test('the list of requests holds every page that people open', async () => {
  const paths = ['/graphql', '/api/graphql', '/api/v4/docs', `/${world.project.fullPath}/-/releases`]
  for (const path of paths) {
    const response = await fetch(app.url + path, { headers: html })
    expect([path, response.headers.get('content-type')]).toEqual([path, expect.stringMatching(/^text\/html/)])
  }
})
