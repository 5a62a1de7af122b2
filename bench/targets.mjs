// The targets of Waybill, and the ratio to which it reaches them.
import { median, shown, table } from './report.mjs'

const MIXED = ['Q1mix', 'Q1mixdev', 'Q2mix', 'Q5mix']
const READS = ['Q1', 'Q2', 'Q3', 'Q4', 'Q5']
const ALONE = [...MIXED, 'Q1', 'Q1count', 'Q1dev', 'Q2', 'Q3', 'Q4', 'Q5', 'Q6dev']
/** Creations have targets of their own, because they do more than the bare inserts of the other subjects. */
const CREATIONS = ['Mmix', 'M1']
const PEERS = ['postgraphile', 'mercurius']
const UNCACHED = 'waybill-uncached'
const CACHED = 'waybill'
const WORKERS = 'waybill-workers'

/** A ratio with a lower or upper bound. The ratio is NaN when one of the two was not measured. */
const atLeast = (what, bound, ratio) => ({ what, bound: `≥ ${bound}`, ratio, met: ratio >= bound })
const atMost = (what, bound, ratio) => ({ what, bound: `≤ ${bound}`, ratio, met: ratio <= bound })

/**
 * The ratio of `key` between two subjects with so many connections. The ratio is taken within each round, because the machine's
 * speed changes between rounds. The result is the median of the rounds.
 */
const comparison = (rounds) => (key, query, n, subject, other) => {
  const of = (name) =>
    rounds.filter((one) => one.query === query && one.subject === name && one.connections === n).map((one) => one[key])
  const base = of(other)
  return median(of(subject).map((value, turn) => value / base[turn]))
}

const againstPeers = (compare, [many, one]) =>
  PEERS.flatMap((peer) => [
    ...[...MIXED, ...READS].flatMap((query) => [
      atLeast(`${query}: requests/s to ${peer}'s`, 2, compare('rps', query, many, UNCACHED, peer)),
      atMost(
        `${query}: CPU to ${peer}'s`,
        MIXED.includes(query) ? 0.5 : 0.6,
        compare('cpuMs', query, many, UNCACHED, peer),
      ),
    ]),
    ...[...ALONE, ...CREATIONS].map((query) =>
      atMost(
        `${query}: p50 at one connection to ${peer}'s`,
        CREATIONS.includes(query) ? 1.5 : 1,
        compare('p50', query, one, UNCACHED, peer),
      ),
    ),
  ])

const againstLimit = (compare, [many]) => [
  atLeast("Q1mix: requests/s to the limit's", 0.9, compare('rps', 'Q1mix', many, UNCACHED, 'limit')),
  atLeast("Q2mix: requests/s to the limit's", 0.6, compare('rps', 'Q2mix', many, UNCACHED, 'limit')),
  atLeast("Q1mix cached: requests/s to the limit's", 9, compare('rps', 'Q1mix', many, CACHED, 'limit')),
  ...['Q1', 'Q3', 'Q4'].map((query) =>
    atLeast(`${query}: requests/s to the limit's`, 0.6, compare('rps', query, many, UNCACHED, 'limit')),
  ),
  atLeast("Q1 cached: requests/s to the limit's", 8, compare('rps', 'Q1', many, CACHED, 'limit')),
  atLeast("M1: requests/s to mercurius'", 1, compare('rps', 'M1', many, CACHED, 'mercurius')),
]

const withWorkers = (compare, [many]) =>
  READS.map((query) =>
    atMost(`${query}: CPU with two processes to one's`, 1.1, compare('cpuMs', query, many, WORKERS, UNCACHED)),
  )

const alone = (rounds, [many]) =>
  [UNCACHED, CACHED].flatMap((subject) =>
    [...new Set(rounds.map(({ query }) => query))].flatMap((query) => {
      const own = rounds.filter((one) => one.query === query && one.subject === subject && one.connections === many)
      return [
        atMost(`${query} ${subject}: peak memory to 300 MB`, 1, Math.max(...own.map(({ peakMb }) => peakMb / 300))),
        atMost(`${query} ${subject}: p99 to p50`, 4, median(own.map(({ p99, p50 }) => p99 / p50))),
      ]
    }),
  )

/** The targets that were measured. */
export function targetsTable(rounds, connections) {
  const compare = comparison(rounds)
  const numbers = [connections[0], connections.find((n) => n === 1)]
  const all = [
    ...againstPeers(compare, numbers),
    ...againstLimit(compare, numbers),
    ...withWorkers(compare, numbers),
    ...alone(rounds, numbers),
  ]
  const rows = all
    .filter(({ ratio }) => Number.isFinite(ratio))
    .map(({ what, bound, ratio, met }) => [what, bound, shown(ratio), met ? 'met' : 'MISSED'])
  return `### Targets\n\n${table(['target', 'bound', 'reached', ''], rows)}\n`
}
