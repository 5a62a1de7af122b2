import { gzipSync } from 'node:zlib'
import { expect } from 'vitest'
import { type Attack, STILL_OPEN } from './attack.ts'
import { bytes, flood, head, inTurn, type Message, send, unread } from './wire.ts'

const REPOSITORY = '/demo/waybill.git'
const NULL_ID = '0'.repeat(40)

const packet = (text: string) => (text.length + 4).toString(16).padStart(4, '0') + text

const basic = (token: string) => `Basic ${Buffer.from(`eve:${token}`).toString('base64')}`

/** A request to `git-receive-pack` of a project that the account may push to. */
const push = (body: string | Buffer, headers: Record<string, string> = {}, as?: Message['as']): Message => ({
  method: 'POST',
  path: `${REPOSITORY}/git-receive-pack`,
  headers: { 'content-type': 'application/x-git-receive-pack-request', ...headers },
  body,
  ...(as && { as }),
})

const fetchPack = (body: string | Buffer, headers: Record<string, string> = {}): Message => ({
  method: 'POST',
  path: `${REPOSITORY}/git-upload-pack`,
  headers: { 'content-type': 'application/x-git-upload-pack-request', ...headers },
  body,
})

const zipped = { 'content-encoding': 'gzip' }
/** 500 MB of one repeated byte, which are 500 KB when they are sent. */
const bomb = gzipSync(Buffer.alloc(500 * 1024 ** 2, '0'))
const command = (n: number) =>
  packet(`${NULL_ID} ${'1'.repeat(40)} refs/heads/b${n}${n === 0 ? '\0report-status' : ''}`)

const openFetch = () =>
  head(
    `POST ${REPOSITORY}/git-upload-pack HTTP/1.1`,
    'Content-Type: application/x-git-upload-pack-request',
    'Transfer-Encoding: chunked',
  )

const REFUSED = [0, 400, 401, 403, 413, 415, 422, 429, 503]

export const gitAttacks: readonly Attack[] = [
  {
    name: '150 fetches left open by nobody',
    send: unread(150, openFetch, 3_000),
    statuses: [STILL_OPEN, 0, 408, 429, 503],
    ms: 5_000,
    megabytes: 250,
    programs: 100,
  },
  {
    name: '150 lists of refs asked for at once',
    send: flood(150, () => ({ path: `${REPOSITORY}/info/refs?service=git-upload-pack` }), 150),
    statuses: [200, 429, 503],
    ms: 12_000,
    megabytes: 250,
    programs: 100,
  },
  {
    name: '60 clones of a large repository that nobody reads',
    send: unread(60, () => head('GET /demo/tags.git/info/refs?service=git-upload-pack HTTP/1.1'), 3_000),
    statuses: [STILL_OPEN, 0, 200, 429, 503],
    ms: 5_000,
    megabytes: 250,
  },
  {
    name: 'A push of gzip that becomes 500 MB, from nobody',
    send: send(push(bomb, zipped)),
    statuses: [401],
    ms: 1_000,
  },
  {
    name: 'A push of gzip that becomes 500 MB, from a guest',
    send: send(push(bomb, zipped, 'guest')),
    statuses: [403],
    ms: 1_000,
  },
  {
    name: 'A push of gzip that becomes 500 MB, from a developer',
    send: send(push(bomb, zipped, 'developer')),
    statuses: [200, ...REFUSED],
    ms: 8_000,
  },
  {
    name: 'A fetch of gzip that becomes 500 MB',
    send: send(fetchPack(bomb, zipped)),
    statuses: [200, ...REFUSED],
    ms: 8_000,
  },
  {
    name: 'A push that says gzip and is none',
    send: send(push('x'.repeat(100_000), zipped, 'developer')),
    statuses: REFUSED,
  },
  {
    name: 'A push that is encoded twice',
    send: send(push(gzipSync(gzipSync('0000')), { 'content-encoding': 'gzip, gzip' }, 'developer')),
    statuses: [400, 415],
  },
  {
    name: 'A push of 30,000 branches whose commits do not exist',
    send: send(push(`${Array.from({ length: 30_000 }, (_, n) => command(n)).join('')}0000`, {}, 'developer')),
    statuses: [200, ...REFUSED],
    ms: 20_000,
  },
  {
    name: 'A push of 5,000 lines that are none',
    send: send(push('0005x'.repeat(5_000), {}, 'developer')),
    statuses: REFUSED,
  },
  {
    name: 'A push of packets whose length is none',
    send: inTurn(...['fffg', '0001', '0003', '-001', 'ffff', ''].map((body) => push(body, {}, 'developer'))),
    statuses: REFUSED,
  },
  {
    name: 'A push of refs that are no refs',
    send: inTurn(
      ...[
        'refs/heads/../../config',
        'HEAD',
        'config',
        'refs/heads/a..b',
        'refs/heads/-x',
        '../x',
        'refs/replace/1',
      ].map((ref) => push(`${packet(`${NULL_ID} ${'1'.repeat(40)} ${ref}\0report-status`)}0000`, {}, 'developer')),
    ),
    statuses: [200, ...REFUSED],
    check: (answers) => {
      for (const { status, body } of answers) if (status === 200) expect(body).not.toMatch(/ok refs|ok HEAD|ok config/)
    },
  },
  {
    name: 'Files of the repository, by the dumb protocol',
    send: inTurn(
      ...['HEAD', 'config', 'objects/info/packs', 'description', 'hooks/update', '../../demo.json'].map((file) => ({
        path: `${REPOSITORY}/${file}`,
      })),
    ),
    statuses: [401, 403, 404],
  },
  {
    name: 'A service of git that is not offered',
    send: inTurn(
      ...['git-upload-archive', 'git-daemon', '--upload-pack=touch', '', 'git-receive-pack;id'].map((service) => ({
        path: `${REPOSITORY}/info/refs?service=${encodeURIComponent(service)}`,
      })),
    ),
    statuses: [401, 403, 404],
  },
  {
    name: 'A protocol version of 10 KB',
    send: send({
      path: `${REPOSITORY}/info/refs?service=git-upload-pack`,
      headers: { 'git-protocol': `version=2${':x'.repeat(5_000)}` },
    }),
    statuses: [200, 400],
  },
  {
    name: '50,000 wants of commits that do not exist',
    send: send(fetchPack(`${packet(`want ${'1'.repeat(40)}\n`).repeat(50_000)}00000009done\n`)),
    statuses: [200, ...REFUSED],
    ms: 4_000,
  },
  {
    name: '100 wrong passwords',
    send: flood(100, (n) => ({
      path: '/demo/secret.git/info/refs?service=git-upload-pack',
      headers: { authorization: basic(`wrong${n}`) },
    })),
    statuses: [401, 429],
  },
  {
    name: 'A password that is no Base64',
    send: bytes(() => [
      head(
        `GET ${REPOSITORY}/info/refs?service=git-upload-pack HTTP/1.1`,
        'Authorization: Basic ====',
        'Connection: close',
      ),
    ]),
    statuses: [200, 401],
    ms: 3_000,
  },
]
