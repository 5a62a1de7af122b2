// npm run bench: see README.md.
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import os from 'node:os'
import { postmasterOf } from './accounting.mjs'
import { checkAnswers } from './check.mjs'
import { withClient } from './database.mjs'
import { measure, startLoad } from './measure.mjs'
import { readOptions } from './options.mjs'
import { queries } from './queries.mjs'
import { overview, queryTable, startTable, summaries } from './report.mjs'
import { countAll } from './statements.mjs'
import { killAll, start, subjects } from './subjects.mjs'
import { targetsTable } from './targets.mjs'
import { LARGE, NORMAL, openWorld } from './world.mjs'
import * as writes from './writes.mjs'

const namesOf = (list) => list.map(({ name }) => name)
const say = (text) => process.stderr.write(`${text}\n`)
const print = (text) => process.stdout.write(`${text}\n`)

if (process.platform !== 'linux') {
  say('The benchmark needs Linux: it reads CPU time and memory from /proc')
  process.exit(2)
}
const options = readOptions({ queries: namesOf(queries), subjects: namesOf(subjects) })
const chosen = {
  queries: queries.filter(({ name }) => options.only.includes(name)),
  subjects: subjects.filter(({ name, node }) => (name === 'limit' || options.subjects.includes(name)) && node !== null),
}

const running = []

async function startAll(parts) {
  for (const subject of chosen.subjects) {
    say(`starting ${subject.name}`)
    const one = await start(subject, parts)
    one.pause()
    running.push(one)
  }
}

async function compare(parts, bench) {
  const checked = new Map()
  for (const query of chosen.queries) {
    checked.set(query, await checkAnswers(query, running, bench))
    say(`${query.name}: ${checked.get(query).length} answers agree`)
  }
  const statements = await countAll(chosen.subjects, checked, parts, bench)
  const rounds = []
  if (options.check) return { rounds, statements }
  print(startTable(running))
  for (const query of chosen.queries) {
    say(`measuring ${query.name}`)
    rounds.push(...(await measure(query, checked.get(query), options, bench)))
    print(queryTable(query, summaries(rounds)[query.name], options.connections, statements))
  }
  const results = summaries(rounds)
  print(overview(results, chosen.queries, options.connections))
  print(targetsTable(rounds, options.connections))
  return { rounds, statements }
}

async function measureAll(client, { url, world, directory }) {
  const { rows } = await client.query(`SELECT pg_backend_pid() AS pid, split_part(version(), ' on ', 1) AS version`)
  const machine = `Node ${process.versions.node}, ${rows[0].version}, ${os.cpus().length} × ${os.cpus()[0]?.model}`
  print(`# ${world.releases.toLocaleString('en')} releases, ${machine}\n`)
  const cleanUp = (subject) => writes.cleanUp(client, subject)
  const drain = (subject) => writes.drain(client, subject)
  const { tokens } = world
  const bench = { world, tokens, load: startLoad(), postmaster: postmasterOf(rows[0].pid), cleanUp, drain }
  const parts = { url, directory, repositories: world.repositories }
  try {
    await cleanUp(null)
    await startAll(parts)
    const results = await compare(parts, bench)
    return { ...results, start: running.map(({ name, startMs, restMb }) => ({ name, startMs, restMb })) }
  } finally {
    bench.load.stop()
    await Promise.all(running.map((one) => one.stop()))
  }
}

const database = await openWorld(options.large ? LARGE : NORMAL, say)
const interrupted = once(process, 'SIGINT').then(() => {
  throw new Error('interrupted')
})
try {
  const work = (client) => Promise.race([measureAll(client, database), interrupted])
  const results = await withClient(database.url, work)
  if (options.json) writeFileSync(options.json, JSON.stringify({ options, ...results }, null, 2))
} catch (error) {
  say(error.stack)
  killAll()
  process.exitCode = 1
} finally {
  await database.close()
}
process.exit()
