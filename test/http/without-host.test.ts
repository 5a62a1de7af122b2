import { once } from 'node:events'
import { connect } from 'node:net'
import { beforeAll, describe, expect, test } from 'vitest'
import { useApp } from '../support/app.ts'
import { createWorld, type World } from '../support/world.ts'

const app = useApp()

let world: World
beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'public' } })
})

/** Everything that comes until the server closes, as it does after one answer over HTTP/1.0. */
async function send(head: string, body = ''): Promise<string> {
  const { hostname, port } = new URL(app.url)
  const socket = connect(Number(port), hostname)
  let text = ''
  socket.setEncoding('utf8').on('data', (part: string) => {
    text += part
  })
  socket.write(`${head.replaceAll('\n', '\r\n')}\r\n\r\n${body}`)
  await once(socket, 'close')
  return text
}

const json = (body: string) => `\nContent-Type: application/json\nContent-Length: ${body.length}`
const QUERY = JSON.stringify({ query: '{ __typename }' })

const requests: [string, () => [head: string, body?: string], status: number, answer: RegExp][] = [
  ['the check of a proxy', () => ['GET /ready HTTP/1.0'], 200, /\{"status":"ready"\}$/],
  ['HEAD', () => ['HEAD /ready HTTP/1.0'], 200, /\r\n\r\n$/],
  ['a health check', () => ['GET /health HTTP/1.0'], 200, /"status":"ok"/],
  ['metrics', () => ['GET /metrics HTTP/1.0'], 200, /waybill_build_info/],
  ['a query', () => [`POST /graphql HTTP/1.0${json(QUERY)}`, QUERY], 200, /"__typename":"Query"/],
  ['a batch', () => [`POST /graphql HTTP/1.0${json(`[${QUERY}]`)}`, `[${QUERY}]`], 200, /^\[\{"data"/m],
  ['a query in the URL', () => ['GET /graphql?query=%7B__typename%7D HTTP/1.0'], 200, /"__typename":"Query"/],
  ['a page', () => [`GET /${world.project.fullPath}/-/releases.atom HTTP/1.0`], 200, /<feed/],
  [
    'a list of refs',
    () => [`GET /${world.project.fullPath}.git/info/refs?service=git-upload-pack HTTP/1.0`],
    200,
    /v1\.0\.0/,
  ],
  ['REST', () => [`GET /api/v4/projects/${world.project.id}/releases HTTP/1.0`], 200, /"tag_name":"v1\.0\.0"/],
  [
    'the URL of the next page, which begins with BASE_URL',
    () => [`GET /api/v4/projects/${world.project.id}/repository/tags?per_page=1 HTTP/1.0`],
    200,
    /link: <http:\/\/127\.0\.0\.1:\d+\/api\/v4\//i,
  ],
  ['an empty Host', () => ['GET /ready HTTP/1.1\nHost:\nConnection: close'], 200, /\{"status":"ready"\}$/],
]

describe('a request that names no host', () => {
  test.for(requests)('a request that names no host is answered for %s', async ([, request, status, answer]) => {
    const text = await send(...request())
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(text).toMatch(answer)
  })
})

test('a request over HTTP/1.1 that names no host is refused, as the standard says', async () => {
  expect(await send('GET /ready HTTP/1.1\nConnection: close')).toMatch(/^HTTP\/1\.1 400 /)
})
