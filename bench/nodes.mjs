// npm run bench:nodes: one and two servers, with and without a replica, on one machine. See README.md.
import os from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { cpuOfTree, postmasterOf } from './accounting.mjs'
import { settings, withClient } from './database.mjs'
import { startLoad } from './measure.mjs'
import { named, requestOf, variantsOf } from './queries.mjs'
import { median, shown, table } from './report.mjs'
import { startStandby } from './standby.mjs'
import { ask, killAll, start, subjects } from './subjects.mjs'
import { openWorld } from './world.mjs'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    warmup: { type: 'string', default: '5' },
    connections: { type: 'string', default: '32' },
    releases: { type: 'string', default: '100000' },
  },
})
const [rounds, seconds, warmup, connections] = ['rounds', 'seconds', 'warmup', 'connections'].map((name) =>
  Number(values[name]),
)
const say = (text) => process.stderr.write(`${text}\n`)
const print = (text) => process.stdout.write(`${text}\n`)

/** A page of 20 releases, each request of another project. Kept answers ask the database for the version alone. */
const cases = [
  { name: 'read', env: { RESPONSE_CACHE: 'off' } },
  { name: 'kept', env: {} },
]
const fleets = [
  { name: '1 server', nodes: 1 },
  { name: '2 servers', nodes: 2 },
  { name: '1 server, replica', nodes: 1, replica: true },
  { name: '2 servers, replica', nodes: 2, replica: true },
]

async function startNodes(parts, { nodes, replica }, env, standby) {
  const subject = subjects.find(({ name }) => name === 'waybill')
  const read = replica ? { DATABASE_READ_URL: standby.url } : {}
  const all = []
  for (let at = 0; at < nodes; at++) {
    all.push(await start({ ...subject, name: `node-${at}`, env: { ...env, ...read } }, parts))
  }
  // A replica is used from the first look on.
  if (replica) await delay(2_000)
  return all
}

/** The requests with the sizes of their answers, which all servers must give alike. */
async function checked(node, tokens) {
  const query = named('Q1mix')
  const requests = variantsOf(query).map((one) => requestOf(one, node, tokens))
  const sized = []
  for (const request of requests) sized.push({ ...request, bytes: (await ask(node, request)).bytes })
  return sized
}

async function run(generators, nodes, requests, time) {
  const each = nodes.map(({ origin }, at) => {
    // Each server begins elsewhere, so that they do not ask for the same at the same time.
    const from = Math.floor((requests.length * at) / nodes.length)
    const turned = [...requests.slice(from), ...requests.slice(0, from)]
    const opened = connections / nodes.length
    return generators[at].run({ requests: turned, creations: [], every: 0, origin, connections: opened, seconds: time })
  })
  return Promise.all(each)
}

const sum = (list, key) => list.reduce((total, one) => total + one[key], 0)

async function measureRound(generators, nodes, requests, pids) {
  const cpu = () => ({
    nodes: nodes.reduce((total, { pid }) => total + cpuOfTree(pid), 0),
    primary: cpuOfTree(pids.primary),
    replica: cpuOfTree(pids.replica),
  })
  const before = cpu()
  const results = await run(generators, nodes, requests, seconds)
  const after = cpu()
  const count = sum(results, 'requests')
  const each = (part) => (after[part] - before[part]) / count
  return {
    rps: sum(results, 'requests') / results[0].elapsed,
    failures: sum(results, 'failures'),
    p50: Math.max(...results.map(({ p50 }) => p50)),
    p99: Math.max(...results.map(({ p99 }) => p99)),
    nodes: each('nodes'),
    primary: each('primary'),
    replica: each('replica'),
  }
}

const COLUMNS = ['rps', 'nodes', 'primary', 'replica', 'p50', 'p99']

async function measureFleet(bench, fleet, env) {
  const { generators, parts, standby, pids, tokens } = bench
  const nodes = await startNodes(parts, fleet, env, standby)
  try {
    const requests = await checked(nodes[0], tokens)
    await run(generators, nodes, requests, warmup * nodes.length)
    const measured = []
    for (let turn = 0; turn < rounds; turn++) measured.push(await measureRound(generators, nodes, requests, pids))
    const failures = sum(measured, 'failures')
    if (failures > 0) throw new Error(`${fleet.name}: ${failures} answers are wrong`)
    return COLUMNS.map((key) => shown(median(measured.map((one) => one[key]))))
  } finally {
    await Promise.all(nodes.map((node) => node.stop()))
  }
}

const { url, directory, world, close } = await openWorld(Number(values.releases), say)
const standby = await startStandby(url, directory, settings)
const generators = [startLoad(), startLoad()]
try {
  const primary = await withClient(url, async (client) => {
    const { rows } = await client.query('SELECT pg_backend_pid() AS pid')
    return postmasterOf(rows[0].pid)
  })
  const parts = { url, directory, repositories: world.repositories }
  const bench = { generators, parts, standby, pids: { primary, replica: standby.pid }, tokens: world.tokens }
  print(
    `${os.cpus().length} × ${os.cpus()[0]?.model}, Node ${process.versions.node}, ${connections} connections, ${rounds} rounds of ${seconds} s\n`,
  )
  const rows = []
  for (const { name, env } of cases) {
    for (const fleet of fleets) {
      say(`measuring ${name}: ${fleet.name}`)
      rows.push([name, fleet.name, ...(await measureFleet(bench, fleet, env))])
    }
  }
  print(table(['answers', 'servers', 'requests/s', 'CPU ms: servers', 'primary', 'replica', 'p50 ms', 'p99 ms'], rows))
} catch (error) {
  say(error.stack)
  killAll()
  process.exitCode = 1
} finally {
  for (const generator of generators) generator.stop()
  await standby.stop()
  await close()
}
process.exit()
