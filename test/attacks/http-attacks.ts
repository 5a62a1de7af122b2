// Heads and connections that no ordinary client sends.
import { expect } from 'vitest'
import { type Attack, STILL_OPEN } from './attack.ts'
import { bytes, flood, head, inTurn, send, unread } from './wire.ts'

const REFUSED = [400, 404, 405, 408, 411, 413, 414, 417, 426, 431, 501, 505]
/** The server may also close the connection without an answer. */
const REFUSED_OR_CUT = [0, ...REFUSED]

const raw = (text: string, listenMs = 500) => bytes(() => [text], { listenMs })
const query = JSON.stringify({ query: '{__typename}' })
const graphql = (...headers: string[]) => head('POST /graphql HTTP/1.1', 'Content-Type: application/json', ...headers)

export const httpAttacks: readonly Attack[] = [
  { name: 'A head of 1 MB', send: raw(head('GET / HTTP/1.1', `X: ${'x'.repeat(1_000_000)}`)), statuses: [0, 431] },
  {
    name: '100,000 headers',
    send: raw(head('GET /ready HTTP/1.1', ...Array.from({ length: 100_000 }, (_, n) => `X-${n}: 1`))),
    statuses: [0, 431],
  },
  {
    name: '2,000 headers in 16 KB',
    send: raw(head('GET /ready HTTP/1.1', ...Array.from({ length: 1_900 }, (_, n) => `a${n}:`))),
    statuses: [200, 431],
  },
  {
    name: 'Cookies of 15 KB',
    send: flood(100, () => ({ headers: { cookie: 'a=b; '.repeat(2_900) } })),
    statuses: [302, 429, 431],
  },
  {
    name: 'A line that never ends',
    send: bytes(() => Array.from({ length: 500 }, () => 'x'.repeat(10_000))),
    statuses: [0, 400, 431],
  },
  { name: 'No HTTP at all', send: raw('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'), statuses: [0, 400] },
  {
    name: 'Both Content-Length and Transfer-Encoding',
    send: raw(
      `${graphql('Content-Length: 4', 'Transfer-Encoding: chunked')}0\r\n\r\nGET /ready HTTP/1.1\r\nHost: x\r\n\r\n`,
    ),
    statuses: [400],
  },
  {
    name: 'Two Content-Lengths',
    send: raw(`${graphql('Content-Length: 4', 'Content-Length: 24')}${query}`),
    statuses: [400],
  },
  {
    name: 'A transfer encoding that is misspelled',
    send: raw(`${graphql('Transfer-Encoding: xchunked')}0\r\n\r\n`),
    statuses: [0, 400, 411, 413, 501],
  },
  {
    name: 'A chunk of a negative size, and one of a size without end',
    send: raw(`${graphql('Transfer-Encoding: chunked')}-1\r\nab\r\n`),
    statuses: [400],
  },
  {
    name: 'A chunk size of 5,000 digits',
    send: raw(`${graphql('Transfer-Encoding: chunked')}${'0'.repeat(5_000)}f\r\n`),
    statuses: [STILL_OPEN, 0, 400, 413],
  },
  {
    name: 'Chunk extensions of 1 MB',
    send: raw(`${graphql('Transfer-Encoding: chunked')}1;${'x'.repeat(1_000_000)}\r\na\r\n0\r\n\r\n`),
    statuses: REFUSED_OR_CUT,
  },
  {
    name: 'Lines that end with LF alone before a second request',
    send: raw(`GET /ready HTTP/1.1\nHost: x\nX: y\n\n`),
    statuses: [200, 400],
  },
  {
    name: 'A header whose name ends with a space',
    send: raw(head('GET /ready HTTP/1.1', 'Content-Length : 5')),
    statuses: [400],
  },
  { name: 'HTTP/1.0 without a host', send: raw('GET /ready HTTP/1.0\r\n\r\n'), statuses: [200, 400] },
  { name: 'HTTP/0.9 and HTTP/9.9', send: raw('GET /ready HTTP/9.9\r\n\r\n'), statuses: [0, 400, 505] },
  { name: 'No Host', send: raw('GET /demo/waybill/-/releases HTTP/1.1\r\n\r\n'), statuses: [400] },
  {
    name: 'A Host that is another one',
    send: send({ path: '/api/v4/projects/demo%2Fwaybill/releases', headers: { host: 'evil.example' } }),
    statuses: [200, 400, 421],
  },
  {
    name: 'Forwarded headers of somebody who is no proxy: no link leads there',
    send: send({
      path: '/api/v4/projects/demo%2Fwaybill/releases?per_page=1',
      headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', forwarded: 'host=evil.example' },
    }),
    statuses: [200],
    check: ([answer]) => expect(JSON.stringify(answer)).not.toMatch(/evil\.example|https:\/\/127/),
  },
  {
    name: 'A request id of 10 KB, and one that would end a line of the log',
    send: inTurn(
      { path: '/ready', headers: { 'x-request-id': 'x'.repeat(10_000) } },
      { path: '/ready', headers: { 'x-request-id': '"}{"' } },
    ),
    statuses: [200],
    check: (answers) => {
      for (const { headers } of answers) expect(headers['x-request-id']).toMatch(/^[\w.-]{1,200}$/)
    },
  },
  {
    name: 'An absolute URL as the path',
    send: raw(head('GET http://evil.example/ready HTTP/1.1')),
    statuses: [200, 400, 404, 421],
  },
  { name: 'CONNECT', send: raw('CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: x\r\n\r\n'), statuses: REFUSED_OR_CUT },
  {
    name: 'TRACE',
    send: raw(head('TRACE / HTTP/1.1', 'Cookie: secret=1')),
    statuses: REFUSED_OR_CUT,
    check: ([answer]) => expect(answer?.body).not.toContain('secret'),
  },
  {
    name: 'An upgrade to WebSocket',
    send: raw(
      head(
        'GET /graphql HTTP/1.1',
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      ),
    ),
    statuses: [0, 200, 400, 406, 426],
  },
  { name: 'An upgrade to HTTP/2', send: raw('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), statuses: REFUSED_OR_CUT },
  { name: 'OPTIONS of everything', send: raw(head('OPTIONS * HTTP/1.1')), statuses: [200, 204, ...REFUSED] },
  {
    name: 'An expectation that nobody knows',
    send: raw(head('GET /ready HTTP/1.1', 'Expect: 200-ok')),
    statuses: [200, 417],
  },
  {
    name: '2,000 questions whether the server is ready, 64 at a time',
    send: flood(2_000, () => ({ path: '/ready', headers: { connection: 'close' } }), 64),
    statuses: [200, 429],
    ms: 8_000,
  },
  {
    name: '300 requests in one go on one connection',
    send: raw(head('GET /ready HTTP/1.1').repeat(300), 2_500),
    statuses: [200, 429, 503],
    ms: 3_000,
  },
  {
    name: '1,000 connections that say nothing',
    send: unread(1_000, () => '', 1_500),
    statuses: [STILL_OPEN, 0, 408, 503],
    ms: 8_000,
  },
  {
    name: '1,000 connections that say half a head',
    send: unread(1_000, () => 'GET /ready HTTP/1.1\r\nHost: x\r\nX: ', 1_500),
    statuses: [STILL_OPEN, 0, 408, 503],
    ms: 8_000,
  },
  {
    name: '500 bodies that were announced and never come',
    send: unread(500, () => graphql('Content-Length: 9000000', 'Expect: 100-continue'), 1_500),
    statuses: [STILL_OPEN, 0, 200, 408, 413, 429, 503],
    ms: 4_000,
  },
]
