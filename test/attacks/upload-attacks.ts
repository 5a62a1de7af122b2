import { gzipSync } from 'node:zlib'
import { expect } from 'vitest'
import { type Attack, type Send, STILL_OPEN, type Target } from './attack.ts'
import { post } from './graphql-texts.ts'
import { ask, flood, head, inTurn, type Message, send, unread } from './wire.ts'

const PACKAGE = '/api/v4/projects/demo%2Fwaybill/packages/generic/attack'
const ARTIFACTS = `/api/v4/projects/demo%2Fwaybill/report_artifacts/${'0'.repeat(40)}`

const put = (path: string, body: string | Buffer, more: Partial<Message> = {}): Message => ({
  method: 'PUT',
  path,
  body,
  as: 'developer',
  ...more,
})

const startUpload = ({ tokens }: Target, n: number) =>
  head(`PUT ${PACKAGE}/1.0.0/open${n} HTTP/1.1`, `PRIVATE-TOKEN: ${tokens.developer}`, 'Content-Length: 1000000000')

const release = (input: Record<string, unknown>) =>
  post(
    {
      query: 'mutation ($i: ReleaseUpdateInput!) { releaseUpdate(input: $i) { errors release { descriptionHtml } } }',
      variables: { i: { projectPath: 'demo/waybill', tagName: 'v0.2.0', ...input } },
    },
    { as: 'maintainer' },
  )

/** The notes of a release may have 1,000,000 characters, which their author chooses. */
const notes = (name: string, description: string, more: Partial<Attack> = {}): Attack => ({
  name: `Notes of ${name}`,
  send: inTurn(release({ description }), release({ description: 'Harmless.' })),
  statuses: [200, 413, 429, 503],
  ms: 3_000,
  megabytes: 250,
  check: ([answer]) => expect(answer?.body).toContain('"errors":[]'),
  ...more,
})

const fill = (text: string, characters = 990_000) => text.repeat(Math.floor(characters / text.length))
const reference = (n: number) => `[r${n}]: https://example.com/${n}\n`
const references = Array.from({ length: 20_000 }, (_, n) => reference(n)).join('') + fill('[r0][r1] ', 200_000)
const table = `|${fill('a|', 2_000)}\n|${fill('-|', 2_000)}\n${fill(`|${fill('b|', 2_000)}\n`, 900_000)}`

const freeze = (freezeStart: string) =>
  post(
    {
      query: 'mutation ($i: FreezePeriodCreateInput!) { freezePeriodCreate(input: $i) { errors } }',
      variables: { i: { projectPath: 'demo/waybill', freezeStart, freezeEnd: '0 0 1 1 *' } },
    },
    { as: 'maintainer' },
  )

const crons = ['* * * * *', '0 0 31 2 *', '*/1 */1 */1 */1 */1', '0 0 29 2 1', `${'1,'.repeat(4_000)}1 * * * *`].concat(
  [
    '0-59/0 * * * *',
    '9'.repeat(400),
    '@reboot',
    '* * * * * * * * *',
    '0 0 L-99 * *',
    'H H * * *',
    '1-99999999 * * * *',
  ],
)

const rangeFlood = `bytes=${Array.from({ length: 1_200 }, (_, n) => `${n}-${n}`).join()}`

const downloadInRanges: Send = async (target) => {
  const path = `${PACKAGE}/1.0.0/ranges.bin`
  const stored = await ask(target, put(path, Buffer.alloc(5_000_000)))
  const asked = { path, headers: { range: rangeFlood } }
  return [stored, ...(await flood(100, () => asked, 16)(target))]
}

export const uploadAttacks: readonly Attack[] = [
  {
    name: '100 uploads left open by a developer',
    send: unread(100, startUpload, 2_000),
    statuses: [STILL_OPEN, 0, 408, 413, 429, 503],
    ms: 4_000,
  },
  {
    name: '100 uploads left open by nobody',
    send: unread(100, () => head(`PUT ${PACKAGE}/1.0.0/x HTTP/1.1`, 'Content-Length: 1000000000'), 2_000),
    statuses: [STILL_OPEN, 0, 401, 403, 404, 408, 429, 503],
    ms: 4_000,
  },
  {
    name: '300 uploads of a byte',
    send: flood(300, (n) => put(`${PACKAGE}/1.0.${n}/x.bin`, 'x')),
    statuses: [201, 429, 503],
    ms: 15_000,
  },
  {
    name: 'Uploads whose names lead elsewhere',
    send: inTurn(
      ...['..%2F..%2Fx', '%2e%2e', '.', 'a%2Fb', 'a%00b', 'a%0ab', `${'n'.repeat(5_000)}`, '-rf', '%ff', 'a%5Cb'].map(
        (name) => put(`${PACKAGE}/1.0.0/${name}`, 'x'),
      ),
    ),
    statuses: [201, 400, 404, 405, 414],
    check: (answers) => expect(answers.filter(({ status }) => status === 201).length).toBeLessThan(3),
  },
  {
    name: 'Digests that are none, and 5,000 of them',
    send: inTurn(
      put(`${PACKAGE}/1.0.0/d`, 'x', { headers: { 'content-digest': 'sha-256=:x:,'.repeat(1_000) } }),
      put(`${PACKAGE}/1.0.0/d`, 'x', { headers: { 'x-checksum-sha256': 'f'.repeat(5_000) } }),
    ),
    statuses: [201, 400, 422],
  },
  {
    name: 'An upload as a form of 100,000 fields',
    send: send(
      put(
        `${PACKAGE}/1.0.0/form`,
        `${'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'.repeat(100_000)}--b--\r\n`,
        {
          headers: { 'content-type': 'multipart/form-data; boundary=b' },
        },
      ),
    ),
    statuses: [400, 413],
  },
  {
    name: 'An upload as a form whose boundary has 10,000 characters',
    send: send(
      put(`${PACKAGE}/1.0.0/form`, 'x'.repeat(5_000_000), {
        headers: { 'content-type': `multipart/form-data; boundary=${'b'.repeat(10_000)}` },
      }),
    ),
    statuses: [400, 413],
  },
  {
    name: 'A file asked for in 1,200 parts, a hundred times',
    send: downloadInRanges,
    statuses: [200, 201, 206, 416, 429],
    ms: 6_000,
  },
  {
    name: 'A report artifact of gzip that would become 500 MB: it stays as it is',
    send: send(
      put(`${ARTIFACTS}/a.json`, gzipSync(Buffer.alloc(500 * 1024 ** 2)), { headers: { 'content-encoding': 'gzip' } }),
    ),
    statuses: [200, 201, 400, 404, 413, 415, 422],
  },
  notes('1 MB of [', fill('[')),
  notes('1 MB of >', fill('>')),
  notes('1 MB of nested lists', Array.from({ length: 1_300 }, (_, n) => `${' '.repeat(n)}- a\n`).join('')),
  notes('1 MB of * and _', fill('*a_ ')),
  notes('1 MB of ![[]()', fill('![[](')),
  notes('1 MB of <', fill('<a ')),
  notes('1 MB of nested HTML', fill('<div>')),
  notes('1 MB of `', fill('`a``b')),
  notes('1 MB of &', fill('&#x26;')),
  notes('20,000 reference links', references),
  notes('a table of 1,000 columns', table),
  notes('1 MB of footnotes', fill('[^a]: [^a] ')),
  notes('1 MB of e-mail addresses and URLs', fill('a@b.c http://d.e ')),
  notes('1 MB of headings', fill('# a\n')),
  {
    name: 'Freezes whose times are hard to find',
    send: inTurn(...crons.map(freeze), {
      path: '/graphql?query={project(fullPath:"demo/waybill"){freezePeriods{nodes{id}}}}'.replaceAll('"', '%22'),
    }),
    statuses: [200, 400, 429],
    ms: 4_000,
  },
  { name: 'A freeze whose cron has 1 MB', send: send(freeze(`${'* '.repeat(500_000)}*`)), statuses: [200, 400, 413] },
]
