import { expect } from 'vitest'
import type { Answer, Attack } from './attack.ts'
import { flood, inTurn, type Message, send } from './wire.ts'

const RELEASES = '/api/v4/projects/demo%2Fwaybill/releases'
const FORM = 'application/x-www-form-urlencoded'
const JSON_TYPE = 'application/json'

/** The answers to a body that is refused: by the credential, by the form, or by the size. */
const REFUSED = [400, 401, 403, 404, 413, 415, 422, 429]

const post = (type: string, body: string | Buffer, as?: Message['as']): Message => ({
  ...{ method: 'POST', path: RELEASES, headers: { 'content-type': type }, body },
  ...(as && { as }),
})

const part = (name: string, more = '') => `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n1\r\n`
const multipart = (body: string, as?: Message['as']) => post('multipart/form-data; boundary=b', `${body}--b--\r\n`, as)

const million = 'a[][b]=1&'.repeat(1_000_000)
const deepBrackets = (levels: number) => `a${'[b]'.repeat(levels)}=1`
const nested = (levels: number) => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`

const rejected = (answers: readonly Answer[]) => {
  for (const { status } of answers) expect(status).toBeGreaterThanOrEqual(400)
}

export const restAttacks: readonly Attack[] = [
  { name: 'A form of a million fields, from nobody', send: send(post(FORM, million)), statuses: REFUSED, ms: 1_500 },
  {
    name: 'A form of a million fields, from a guest',
    send: send(post(FORM, million, 'guest')),
    statuses: REFUSED,
    ms: 1_500,
  },
  {
    name: 'A form of a million fields, from a developer',
    send: send(post(FORM, million, 'developer')),
    statuses: REFUSED,
    ms: 1_500,
  },
  {
    name: 'Eight forms of a million fields at once',
    send: send(...Array.from({ length: 8 }, () => post(FORM, million, 'guest'))),
    statuses: REFUSED,
    ms: 4_000,
    megabytes: 350,
  },
  {
    name: 'A form of one field with 300,000 brackets',
    send: send(post(FORM, deepBrackets(300_000), 'developer')),
    statuses: REFUSED,
  },
  {
    name: 'A form of brackets that are not closed',
    send: send(post(FORM, `a${'['.repeat(1_000_000)}=1`, 'developer')),
    statuses: REFUSED,
  },
  {
    name: 'A form of 16 MB without a field',
    send: send(post(FORM, '&'.repeat(15_900_000), 'developer')),
    statuses: REFUSED,
  },
  {
    name: 'A form of 5,000,000 percent signs',
    send: send(post(FORM, `name=${'%'.repeat(5_000_000)}`, 'developer')),
    statuses: REFUSED,
  },
  {
    name: 'Forms with the names of what every object has',
    send: inTurn(
      ...['__proto__[scopes]=api', 'constructor[prototype][admin]=1', 'a[__proto__][b]=1', '__proto__=1'].map((body) =>
        post(FORM, body, 'developer'),
      ),
    ),
    statuses: REFUSED,
    check: rejected,
  },
  {
    name: 'JSON with the names of what every object has',
    send: inTurn(
      ...['{"__proto__":{"tag_name":"v1.0.0"}}', '{"constructor":{"prototype":{"a":1}}}'].map((body) =>
        post(JSON_TYPE, body, 'developer'),
      ),
    ),
    statuses: REFUSED,
    check: rejected,
  },
  {
    name: 'JSON nested 2,000,000 levels deep',
    send: send(post(JSON_TYPE, nested(2_000_000), 'developer')),
    statuses: REFUSED,
    megabytes: 300,
  },
  {
    name: 'JSON nested 4,000 levels deep',
    send: send(post(JSON_TYPE, `{"tag_name":${nested(4_000)}}`, 'developer')),
    statuses: REFUSED,
  },
  {
    name: 'JSON of 1,000,000 fields, from nobody',
    send: send(post(JSON_TYPE, `{${Array.from({ length: 1_000_000 }, (_, n) => `"${n}":1`).join()}}`)),
    statuses: REFUSED,
  },
  {
    name: 'JSON that breaks off after 15 MB',
    send: send(post(JSON_TYPE, `{"a":"${'x'.repeat(15_000_000)}`, 'developer')),
    statuses: REFUSED,
  },
  { name: 'A body of 100 MB', send: send(post(JSON_TYPE, Buffer.alloc(100_000_000, 32))), statuses: [0, ...REFUSED] },
  {
    name: 'multipart/form-data of 100,000 parts, from nobody',
    send: send(multipart(part('a').repeat(100_000))),
    statuses: REFUSED,
  },
  {
    name: 'multipart/form-data of 100,000 parts, from a developer',
    send: send(multipart(part('a').repeat(100_000), 'developer')),
    statuses: REFUSED,
  },
  {
    name: 'multipart/form-data of 20,000 files, from a developer',
    send: send(multipart(part('f', '; filename="x"').repeat(20_000), 'developer')),
    statuses: REFUSED,
  },
  {
    name: 'multipart/form-data of one part whose head has 8 MB',
    send: send(multipart(`--b\r\nX: ${'x'.repeat(8_000_000)}\r\n\r\n1\r\n`, 'developer')),
    statuses: REFUSED,
  },
  {
    name: 'Pages of sizes and numbers that are none',
    send: inTurn(
      ...['per_page=1000000000', 'per_page=-1', 'per_page=1e9', 'page=9007199254740993', 'page=99999999999999999999']
        .concat(['page=2147483647&per_page=100', 'per_page[]=1', 'page=%00', 'order_by[]=x', 'per_page=0x10'])
        .map((query) => ({ path: `${RELEASES}?${query}` })),
    ),
    statuses: [200, 400, 404],
  },
  {
    name: 'Search terms of 12,000 characters',
    send: inTurn(
      ...['tags', 'branches'].map((area) => ({
        path: `/api/v4/projects/demo%2Fwaybill/repository/${area}?search=${'a'.repeat(12_000)}`,
      })),
      { path: `/api/v4/projects/demo%2Fwaybill/milestones?search=${'%25'.repeat(4_000)}` },
    ),
    statuses: [200, 400],
  },
  {
    name: 'A query string of 5,000 fields',
    send: flood(50, () => ({ path: `${RELEASES}?${'a[]=1&'.repeat(2_400)}` })),
    statuses: [200, 400, 414, 429, 431],
  },
  {
    name: '500 entity tags in one If-None-Match, and dates that are none',
    send: inTurn(
      { path: RELEASES, headers: { 'if-none-match': '"x",'.repeat(3_000) } },
      { path: RELEASES, headers: { 'if-modified-since': 'never' } },
      { path: `${RELEASES}?updated_after=99999-99-99` },
    ),
    statuses: [200, 400, 431],
  },
  {
    name: 'Methods that overwrite methods',
    send: inTurn(
      { method: 'POST', path: `${RELEASES}/v1.0.0`, headers: { 'x-http-method-override': 'DELETE' }, as: 'owner' },
      { method: 'POST', path: `${RELEASES}/v1.0.0?_method=delete`, as: 'owner' },
    ),
    statuses: [404, 405],
  },
]
