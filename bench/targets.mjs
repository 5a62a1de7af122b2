// What Waybill is meant to reach, and by how much it does.
import { shown, table } from './report.mjs'

const READS = ['Q1', 'Q2', 'Q3', 'Q4', 'Q5']
const PEERS = ['postgraphile', 'mercurius']
const UNCACHED = 'waybill-uncached'
const CACHED = 'waybill'
const WORKERS = 'waybill-workers'

/** A ratio that must be at least, or at most, a bound; absent when one of the two was not measured. */
const atLeast = (what, bound, value, base) => ({
  what,
  bound: `≥ ${bound}`,
  ratio: value / base,
  met: value / base >= bound,
})
const atMost = (what, bound, value, base) => ({
  what,
  bound: `≤ ${bound}`,
  ratio: value / base,
  met: value / base <= bound,
})

function againstPeers(of, [many, one]) {
  return PEERS.flatMap((peer) => [
    ...READS.flatMap((query) => [
      atLeast(`${query}: requests/s to ${peer}'s`, 2, of(query, UNCACHED, many).rps, of(query, peer, many).rps),
      atMost(`${query}: CPU to ${peer}'s`, 0.6, of(query, UNCACHED, many).cpuMs, of(query, peer, many).cpuMs),
    ]),
    ...[...READS, 'M1'].map((query) =>
      atMost(`${query}: p50 at one connection to ${peer}'s`, 1, of(query, UNCACHED, one).p50, of(query, peer, one).p50),
    ),
  ])
}

const againstLimit = (of, [many]) => [
  ...['Q1', 'Q3', 'Q4'].map((query) =>
    atLeast(`${query}: requests/s to the limit's`, 0.6, of(query, UNCACHED, many).rps, of(query, 'limit', many).rps),
  ),
  atLeast("Q1 cached: requests/s to the limit's", 8, of('Q1', CACHED, many).rps, of('Q1', 'limit', many).rps),
  atLeast("M1: requests/s to mercurius'", 1, of('M1', CACHED, many).rps, of('M1', 'mercurius', many).rps),
]

const withWorkers = (of, [many]) =>
  READS.map((query) =>
    atMost(
      `${query}: CPU with two processes to one's`,
      1.1,
      of(query, WORKERS, many).cpuMs,
      of(query, UNCACHED, many).cpuMs,
    ),
  )

const alone = (of, [many], queries) =>
  [UNCACHED, CACHED].flatMap((subject) =>
    queries.flatMap((query) => [
      atMost(`${query} ${subject}: peak memory to 300 MB`, 1, of(query, subject, many).peakMb, 300),
      atMost(`${query} ${subject}: p99 to p50`, 4, of(query, subject, many).p99, of(query, subject, many).p50),
    ]),
  )

/** Only of what was measured. */
export function targetsTable(results, connections) {
  const of = (query, subject, n) => results[query]?.[subject]?.[n] ?? {}
  const numbers = [connections[0], connections.find((n) => n === 1)]
  const all = [
    ...againstPeers(of, numbers),
    ...againstLimit(of, numbers),
    ...withWorkers(of, numbers),
    ...alone(of, numbers, Object.keys(results)),
  ]
  const rows = all
    .filter(({ ratio }) => !Number.isNaN(ratio))
    .map(({ what, bound, ratio, met }) => [what, bound, shown(ratio), met ? 'met' : 'MISSED'])
  return `### Targets\n\n${table(['target', 'bound', 'reached', ''], rows)}\n`
}
