// Prints the measurements as Markdown, with a table for each query and the ratios to the limit in brackets.
export const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

export const shown = (number) => {
  if (number === undefined || Number.isNaN(number)) return '-'
  if (number >= 100) return String(Math.round(number))
  return number.toPrecision(number >= 10 ? 3 : 2)
}

/** The medians over the rounds of a subject with so many connections. `spread` is half the range of the values. */
function summarize(rounds) {
  const of = (key) => rounds.map((round) => round[key])
  const rps = of('rps')
  return {
    rps: median(rps),
    spread: (Math.max(...rps) - Math.min(...rps)) / 2 / median(rps),
    p50: median(of('p50')),
    p99: median(of('p99')),
    nodeMs: median(of('nodeMs')),
    databaseMs: median(of('databaseMs')),
    cpuMs: median(of('cpuMs')),
    peakMb: Math.max(...of('peakMb')),
    failures: of('failures').reduce((sum, n) => sum + n, 0),
  }
}

/** Query -> subject -> connections -> summary. */
export function summaries(rounds) {
  const result = {}
  for (const { query, subject, connections } of rounds) {
    result[query] ??= {}
    result[query][subject] ??= {}
    result[query][subject][connections] ??= summarize(
      rounds.filter((one) => one.query === query && one.subject === subject && one.connections === connections),
    )
  }
  return result
}

export const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

/** The table of one query. Load is measured with the first number of connections, and only latency with the others. */
export function queryTable(query, bySubject, connections, statements) {
  const [main, ...others] = connections
  const limit = bySubject.limit?.[main]
  const ratio = (value, base) => (base ? ` (${shown(value / base)})` : '')
  const head = ['subject', 'requests/s', 'p50 ms', 'p99 ms', 'CPU ms/request', 'Node', 'database']
  head.push(...others.map((n) => `p50 ms, ${n} conn.`), 'peak MB', 'SQL')
  const rows = Object.entries(bySubject).map(([subject, byConnections]) => {
    const { rps, spread, failures, p50, p99, cpuMs, nodeMs, databaseMs, peakMb } = byConnections[main]
    const failed = failures ? `, ${failures} FAILED` : ''
    return [
      subject,
      `${shown(rps)}${ratio(rps, limit?.rps)} ±${Math.round(spread * 100)} %${failed}`,
      shown(p50),
      shown(p99),
      `${shown(cpuMs)}${ratio(cpuMs, limit?.cpuMs)}`,
      shown(nodeMs),
      shown(databaseMs),
      ...others.map((n) => shown(byConnections[n].p50)),
      peakMb,
      statements[`${query.name} ${subject}`] ?? '-',
    ]
  })
  return `### ${query.name}: ${query.title} (${query.viewer}, ${main} connections)\n\n${table(head, rows)}\n`
}

export function startTable(running) {
  const head = ['subject', 'start to first answer, ms', 'memory at rest, MB']
  const rows = running.map(({ name, startMs, restMb }) => [name, startMs, restMb])
  return `### Start\n\n${table(head, rows)}\n`
}

/** One table of all queries: requests per second, with CPU milliseconds per request in brackets. */
export function overview(bySubjectOf, queries, connections) {
  const names = [...new Set(Object.values(bySubjectOf).flatMap((bySubject) => Object.keys(bySubject)))]
  const cell = ({ [connections[0]]: main } = {}) => (main ? `${shown(main.rps)} (${shown(main.cpuMs)})` : '-')
  const rows = queries
    .filter(({ name }) => bySubjectOf[name])
    .map(({ name, title, viewer }) => [
      `${name}: ${title}, ${viewer}`,
      ...names.map((subject) => cell(bySubjectOf[name][subject])),
    ])
  const head = `requests/s (CPU ms per request), ${connections[0]} connections`
  return `### Overview\n\n${table([head, ...names], rows)}\n`
}
