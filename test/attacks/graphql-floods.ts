// Many harmless documents, which test what the server keeps of each.
import { expect } from 'vitest'
import type { Answer, Attack, Target } from './attack.ts'
import { aliasFlood, asGet, post } from './graphql-texts.ts'
import { ask, flood, inTurn, send } from './wire.ts'

const ANSWERED = [200, 400, 429]
const MAX_CACHE_BYTES = 32 * 1024 ** 2

/** `/metrics` says how much memory the compiled operations take. */
async function cacheIsBounded(_answers: readonly Answer[], target: Target) {
  const metrics = await fetch(`${target.url}/metrics`).then((answer) => answer.text())
  const [, size] = /^waybill_cache_bytes\{cache="operations"\} (\S+)$/m.exec(metrics) ?? []
  expect(size, 'the size of the cache in /metrics').toBeDefined()
  expect(Number(size)).toBeLessThanOrEqual(MAX_CACHE_BYTES)
}

const form = { 'content-type': 'application/x-www-form-urlencoded' }
const mutation = 'mutation { milestoneCreate(input: { projectPath: "demo/waybill", title: "by form" }) { errors } }'
const releases = (after: unknown[], as?: 'developer') => {
  const cursor = Buffer.from(JSON.stringify(after)).toString('base64url')
  return post(
    { query: `{ project(fullPath: "demo/waybill") { releases(after: "${cursor}") { nodes { id } } } }` },
    as && { as },
  )
}
const page = (argument: string) =>
  post({ query: `{ project(fullPath: "demo/waybill") { releases(${argument}) { nodes { id } } } }` })

/** Many different texts that are no cursors. */
const FORGED: unknown[][] = [
  ['RELEASED_AT_DESC', 8_640_000_000_000_000, 1],
  ['RELEASED_AT_DESC', -8_640_000_000_000_000, 1],
  ['RELEASED_AT_DESC', -62_167_219_200_001, 1],
  ['RELEASED_AT_DESC', 253_402_300_800_000, 1],
  ['RELEASED_AT_DESC', 0, 9_007_199_254_740_991],
  ['RELEASED_AT_DESC', 0, -9_007_199_254_740_991],
  ['RELEASED_AT_DESC', 0, 2_147_483_648],
  ['RELEASED_AT_DESC', 1e308, 1],
  ['RELEASED_AT_DESC', 0.5, 0.5],
  ['RELEASED_AT_DESC', null, null],
  ['RELEASED_AT_DESC', { valueOf: 1 }, []],
  ['RELEASED_AT_DESC', '0; DROP TABLE releases', 1],
  ['RELEASED_AT_DESC', 0, 1, 2],
  ['CREATED_ASC', 0, 1],
  ['SEMVER_DESC', '\u0000', 1],
  ['SEMVER_DESC', 'a'.repeat(5_000), 1],
  ['__proto__', 0, 1],
]

export const graphqlFloods: readonly Attack[] = [
  {
    name: '200 documents of 700 aliases, each of another project that does not exist, three times',
    send: flood(600, (n) => post({ query: aliasFlood(`nope${n % 200}`) })),
    statuses: ANSWERED,
    ms: 20_000,
    megabytes: 300,
    check: cacheIsBounded,
  },
  {
    name: '200 documents of 700 aliases of a project that exists, three times',
    send: flood(600, (n) => post({ query: aliasFlood('demo/waybill').replace('b0:', `c${n % 200}:`) })),
    statuses: ANSWERED,
    ms: 20_000,
    megabytes: 300,
    check: cacheIsBounded,
  },
  {
    name: '1,000 documents, each sent twice',
    send: flood(2_000, (n) =>
      post({
        query: `{ project(fullPath: "demo/waybill") { a${n % 1_000}: releases(first: 1) { nodes { name tagName } } } }`,
      }),
    ),
    statuses: ANSWERED,
    ms: 12_000,
    check: cacheIsBounded,
  },
  {
    name: '1,000 digests of documents that were never sent',
    send: flood(1_000, (n) =>
      post({ extensions: { persistedQuery: { version: 1, sha256Hash: n.toString(16).padStart(64, '0') } } }),
    ),
    statuses: ANSWERED,
    ms: 10_000,
  },
  {
    name: '1,000 names of one operation',
    send: flood(1_000, (n) => post({ query: `query Q${n} { __typename }`, operationName: `Q${n}` })),
    statuses: ANSWERED,
    ms: 10_000,
    check: cacheIsBounded,
  },
  {
    name: '1,000 different answers of one page each',
    send: flood(1_000, (n) =>
      page(
        `first: ${1 + (n % 100)}, after: null, orderBy: RELEASED_AT_DESC) { edges { cursor } } a${n}: releases(first: 1`,
      ),
    ),
    statuses: ANSWERED,
    ms: 15_000,
  },
  {
    name: '1,000 answers of 20 KB to somebody with an account, by GET',
    send: flood(1_000, (n) =>
      asGet(`{ p${n}: project(fullPath: "demo/secret") { releases { nodes { descriptionHtml } } } }`, {
        as: 'developer',
      }),
    ),
    statuses: ANSWERED,
    ms: 20_000,
  },
  {
    name: '1,000 Idempotency-Keys for mutations that are refused',
    send: flood(1_000, (n) =>
      post({ query: mutation }, { as: 'guest', headers: { 'idempotency-key': `attack-${n}` } }),
    ),
    statuses: ANSWERED,
    ms: 15_000,
  },
  {
    name: 'An Idempotency-Key of 15 KB',
    send: send(post({ query: mutation }, { as: 'guest', headers: { 'idempotency-key': 'k'.repeat(15_000) } })),
    statuses: [200, 400, 431],
  },
  {
    name: 'A mutation as a form',
    send: send({
      method: 'POST',
      path: '/graphql',
      headers: form,
      body: `query=${encodeURIComponent(mutation)}`,
      as: 'owner',
    }),
    statuses: [415],
  },
  {
    name: 'A query as a form',
    send: send({ method: 'POST', path: '/graphql', headers: form, body: 'query={__typename}' }),
    statuses: [415],
  },
  {
    name: 'A mutation as text/plain, which a page of any origin may send',
    send: send(post({ query: mutation }, { headers: { 'content-type': 'text/plain' }, as: 'owner' })),
    statuses: [415],
  },
  {
    name: 'A mutation as multipart/form-data',
    send: send({
      ...{
        method: 'POST',
        path: '/graphql',
        as: 'owner',
        headers: { 'content-type': 'multipart/form-data; boundary=b' },
      },
      body: `--b\r\nContent-Disposition: form-data; name="operations"\r\n\r\n${JSON.stringify({ query: mutation })}\r\n--b--\r\n`,
    }),
    statuses: [415],
  },
  { name: 'Forged cursors', send: inTurn(...FORGED.map((cursor) => releases(cursor))), statuses: ANSWERED },
  {
    name: 'Pages of sizes that are none',
    send: inTurn(
      page('first: -1'),
      page('first: 2147483647'),
      page('first: 99999999999'),
      page('last: -5'),
      page('first: 0, last: 0'),
    ),
    statuses: ANSWERED,
  },
  {
    name: 'A release whose name has 800,000 characters',
    send: async (target) => {
      const input = { projectPath: 'demo/waybill', tagName: 'v0.1.0', name: 'n'.repeat(800_000) }
      const query = 'mutation ($i: ReleaseUpdateInput!) { releaseUpdate(input: $i) { errors release { name } } }'
      return [await ask(target, post({ query, variables: { i: input } }, { as: 'maintainer' }))]
    },
    statuses: [200],
    check: ([answer]) => expect(answer?.body).toMatch(/1,?024/),
  },
]
