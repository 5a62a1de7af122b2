// npm run bench:growth: measures the cost of queries in small and large databases. See README.md.
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { postmasterOf } from './accounting.mjs'
import { withClient } from './database.mjs'
import { explainAll } from './explain.mjs'
import { measure, startLoad } from './measure.mjs'
import { named, requestOf } from './queries.mjs'
import { shown, summaries, table } from './report.mjs'
import { versionTag } from './repository.mjs'
import { ask, killAll, start, subjects } from './subjects.mjs'
import { LARGE, openWorld } from './world.mjs'
import * as writes from './writes.mjs'

const BOUND = 1.2
const DEEPEST = 100_000
const WALK = 100

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '125,10000,1000000' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    only: { type: 'string' },
    explain: { type: 'boolean', default: false },
  },
})
const sizes = values.sizes.split(',').map(Number)
const options = { rounds: 1, seconds: Number(values.seconds), connections: [1] }
const say = (text) => process.stderr.write(`${text}\n`)
const print = (text) => process.stdout.write(`${text}\n`)

const reads = ['Q1', 'Q1count', 'Q3', 'Q5', 'Q6dev'].map(named)

/** Q4 is the deep page of Q1. Every other list has a deep page, too. */
const cases = [
  ...reads.flatMap((query) => [
    query,
    ...(query.name === 'Q1count' ? [] : [{ ...query, name: `${query.name} deep`, deep: true }]),
  ]),
  named('Q2'),
  named('M1'),
]

const lengthOf = ({ variables: { path } }, world) => (path === 'bench/big' ? world.big : world.releases)

/** The number of rows before the page, which begins in the middle of the list or so many rows deep. */
const depthOf = (query, world) => (query.deep ? Math.min(Math.floor(lengthOf(query, world) / 2), DEEPEST) : 0)

async function deepCursor(query, running, world) {
  const rows = depthOf(query, world)
  let after = null
  for (let row = 0; row < rows; row += WALK) {
    const page = { ...query, variables: { ...query.variables, first: Math.min(WALK, rows - row), after } }
    page.query = query.query.replace(/nodes \{[\s\S]*\} pageInfo/, 'pageInfo')
    const { data } = await ask(running, requestOf(page, running, world.tokens))
    after = Object.values(data)[0].releases.pageInfo.endCursor
  }
  return after
}

/** The query with the variables that differ between the data sets. */
async function placed(query, { running, world }) {
  if (query.name === 'Q2') return { ...query, variables: { ...query.variables, tag: versionTag(world.big / 2) } }
  if (query.name.startsWith('Q6')) query = { ...query, variables: { ...query.variables, path: 'bench' } }
  if (query.deep) return { ...query, variables: { ...query.variables, after: await deepCursor(query, running, world) } }
  return query
}

/** Null when the list is too short for a full page, because every data set must do the same work. */
async function checked(query, site) {
  const asked = await placed(query, site)
  const { first } = asked.variables
  if (first !== undefined && depthOf(asked, site.world) + first > lengthOf(asked, site.world)) return null
  const request = requestOf(asked, site.running, site.world.tokens)
  if (query.creations) return { subject: site.running, requests: [] }
  const { data, bytes } = await ask(site.running, request)
  const rows = Object.values(data)[0].releases?.nodes.length
  if (rows !== undefined && rows !== asked.variables.first) throw new Error(`${query.name}: a page of ${rows} releases`)
  return { subject: site.running, requests: [{ ...request, bytes }] }
}

/** Waybill on the data set of the size, without its cache, which would hide the differences. */
async function open(size, load) {
  const database = await openWorld(size, say)
  const { world, url, directory } = database
  const subject = subjects.find(({ name }) => name === 'waybill-uncached')
  const running = await start(subject, { url, directory, repositories: world.repositories })
  running.pause()
  const postmaster = await withClient(url, async (client) => {
    const { rows } = await client.query('SELECT pg_backend_pid() AS pid')
    return postmasterOf(rows[0].pid)
  })
  const cleanUp = (of) => withClient(url, (client) => writes.cleanUp(client, of))
  const drain = (of) => withClient(url, (client) => writes.drain(client, of))
  const bench = { world, tokens: world.tokens, load, postmaster, cleanUp, drain }
  return { size, world, url, database, running, bench, close: () => running.stop().then(database.close) }
}

async function roundsOf(query, sites) {
  const rounds = []
  const asked = new Map()
  for (const site of sites) {
    site.running.resume()
    asked.set(site, await checked(query, site))
    site.running.pause()
  }
  for (let turn = 0; turn < Number(values.rounds); turn++) {
    for (const site of sites.filter((one) => asked.get(one))) {
      const done = await measure(query, [asked.get(site)], { ...options, warmup: turn ? 0.5 : 2 }, site.bench)
      rounds.push(...done.map((round) => ({ ...round, subject: site.size })))
    }
  }
  return summaries(rounds)[query.name] ?? {}
}

function rowOf(query, bySize) {
  const all = sizes.map((size) => bySize[size]?.[1])
  const full = all.filter(Boolean)
  const growth = (key) => full.at(-1)?.[key] / full[0]?.[key]
  const cells = all.flatMap((one) => [shown(one?.p50), shown(one?.cpuMs)])
  const within = growth('p50') <= BOUND && growth('cpuMs') <= BOUND
  return [query.name, ...cells, shown(growth('p50')), shown(growth('cpuMs')), within ? 'met' : 'MISSED']
}

async function measureGrowth(sites) {
  const rows = []
  const chosen = values.only?.split(',')
  for (const query of cases.filter(({ name }) => chosen?.includes(name) ?? true)) {
    say(`measuring ${query.name}`)
    rows.push(rowOf(query, await roundsOf(query, sites)))
  }
  const head = ['one connection, uncached']
  for (const size of sizes) head.push(`p50 ms, ${size.toLocaleString('en')} releases`, 'CPU ms')
  head.push('p50 grows', 'CPU grows', `≤ ${BOUND}`)
  print(table(head, rows))
}

const load = startLoad()
const sites = []
try {
  for (const size of sizes) sites.push(await open(size, load))
  // Finishes the work that the build has left, so that it does not run during the measurement.
  for (const { url } of sites) await withClient(url, (client) => client.query('CHECKPOINT'))
  await delay(1000)
  if (!values.explain) await measureGrowth(sites)
  // PostgreSQL rightly uses other plans for small tables.
  if (values.explain || (!values.only && sizes.at(-1) >= LARGE)) {
    const asked = cases.filter(({ creations }) => !creations)
    print(await explainAll(sites.at(-1), asked, placed))
  }
} catch (error) {
  say(error.stack)
  killAll()
  process.exitCode = 1
} finally {
  load.stop()
  for (const site of sites) await site.close()
}
process.exit()
