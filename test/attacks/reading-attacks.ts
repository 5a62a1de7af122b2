// Clients that ask for much and read nothing.
import { type Attack, STILL_OPEN, type Target } from './attack.ts'
import { head, unread } from './wire.ts'

const subscription = encodeURIComponent('subscription { releaseUpdated(projectPath: "demo/waybill") { name } }')
const subscribe = (...headers: string[]) =>
  head(`GET /graphql?query=${subscription} HTTP/1.1`, 'Accept: text/event-stream', ...headers)

const forwarded = (_target: Target, n: number) => subscribe(`X-Forwarded-For: 198.51.100.${n}`)
/** Sends many requests on each connection at once. */
const page =
  (path: string, times = 5) =>
  () =>
    head(`GET ${path} HTTP/1.1`, 'Accept: text/html').repeat(times)

const ANSWERED = [STILL_OPEN, 0, 200, 304, 406, 429, 503]

export const readingAttacks: readonly Attack[] = [
  {
    name: '60 pages of GraphiQL that nobody reads',
    send: unread(60, page('/graphql', 1), 3_000),
    statuses: ANSWERED,
    ms: 5_000,
    megabytes: 250,
  },
  {
    name: '60 OpenAPI documents that nobody reads, five on each connection',
    send: unread(60, page('/api/v4/openapi.json'), 3_000),
    statuses: ANSWERED,
    ms: 5_000,
    // A Response copies its bytes, and 300 documents of half a megabyte wait at once.
    megabytes: 250,
  },
  {
    name: '60 lists of releases that nobody reads, five on each connection',
    send: unread(60, page('/api/v4/projects/demo%2Fwaybill/releases'), 3_000),
    statuses: ANSWERED,
    ms: 5_000,
  },
  {
    name: '60 metrics that nobody reads',
    send: unread(60, page('/metrics'), 2_000),
    statuses: [STILL_OPEN, 0, 200, 401, 403, 429, 503],
    ms: 4_000,
  },
  {
    name: '60 feeds that nobody reads',
    send: unread(60, page('/demo/waybill/-/releases.atom'), 2_000),
    statuses: ANSWERED,
    ms: 4_000,
  },
  {
    name: '200 subscriptions that nobody reads',
    send: unread(200, () => subscribe(), 2_000),
    statuses: ANSWERED,
    ms: 4_000,
  },
  {
    name: '200 subscriptions that say they come from 200 addresses',
    send: unread(200, forwarded, 2_000),
    statuses: ANSWERED,
    ms: 4_000,
  },
]
