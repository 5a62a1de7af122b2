const BEGINNING = `# Metrics

\`/metrics\` of the server, and of \`waybill worker --metrics-port\`, in the text format of Prometheus. This page is printed from the code
by \`npm run docs\`. [alerts.md](alerts.md) says which of them to watch, and [grafana.json](grafana.json) shows them.

- With several processes (\`WORKERS\`) the numbers are those of all of them, whichever process answers.
- What the database knows (jobs, mails, deliveries, repositories) is the same in every process of every machine: take \`max\`, not \`sum\`.
- A question costs the database four statements that count, at most 20,000 rows each, one that reads a row, and the check of \`/ready\`.
- Labels hold names of a fixed list, and never a path, a tag or the address of a client. \`replica\` is a host of \`DATABASE_READ_URL\`.

| name | type | labels | meaning |
|---|---|---|---|
`

const row = ({ name, type, labels, help }) =>
  `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help.replace(/\.$/, '')} |`

/** The page about the metrics: docs/operate/metrics.md. */
export function metricsPage({ own, ofNode }) {
  const sorted = [...own].sort((a, b) => (a.name < b.name ? -1 : 1))
  const node = [...ofNode].sort((a, b) => (a.name < b.name ? -1 : 1))
  return `${BEGINNING}${sorted.map(row).join('\n')}

## Of Node

What the [library](https://github.com/siimon/prom-client) tells of each process of Node.

| name | type | labels | meaning |
|---|---|---|---|
${node.map(row).join('\n')}
`
}
