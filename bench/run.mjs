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

/** Adds each subject as it starts, so that the running ones are stopped when another does not start. */
async function startAll(parts, running) {
  for (const subject of chosen.subjects) {
    say(`starting ${subject.name}`)
    const one = await start(subject, parts)
    one.pause()
    running.push(one)
  }
}

async function checkAll(running, bench) {
  const checked = new Map()
  for (const query of chosen.queries) {
    checked.set(query, await checkAnswers(query, running, bench))
    say(`${query.name}: ${checked.get(query).length} answers agree`)
  }
  return checked
}

/** Starts all subjects once, measures them, and adds the measurements to the earlier rounds. */
async function measureStart({ rounds, statements, isLast }, running, checked, bench) {
  if (isLast) print(startTable(running))
  for (const query of chosen.queries) {
    say(`measuring ${query.name}`)
    rounds.push(...(await measure(query, checked.get(query), options, bench)))
    if (isLast) print(queryTable(query, summaries(rounds)[query.name], options.connections, statements))
  }
}

async function measureAll(parts, bench) {
  const results = { rounds: [], statements: {}, start: [] }
  for (let turn = 1; turn <= options.starts; turn++) {
    const running = []
    try {
      await startAll(parts, running)
      const checked = await checkAll(running, bench)
      if (turn === 1) results.statements = await countAll(chosen.subjects, checked, parts, bench)
      if (options.check) return results
      results.start.push(...running.map(({ name, startMs, restMb }) => ({ name, startMs, restMb })))
      await measureStart({ ...results, isLast: turn + 1 > options.starts }, running, checked, bench)
    } finally {
      await Promise.all(running.map((one) => one.stop()))
    }
  }
  print(overview(summaries(results.rounds), chosen.queries, options.connections))
  print(targetsTable(results.rounds, options.connections))
  return results
}

async function run(client, { url, world, directory }) {
  const { rows } = await client.query(`SELECT pg_backend_pid() AS pid, split_part(version(), ' on ', 1) AS version`)
  const machine = `Node ${process.versions.node}, ${rows[0].version}, ${os.cpus().length} × ${os.cpus()[0]?.model}`
  print(`# ${world.releases.toLocaleString('en')} releases, ${machine}\n`)
  const cleanUp = (subject) => writes.cleanUp(client, subject)
  const drain = (subject) => writes.drain(client, subject)
  const load = startLoad()
  const bench = { world, tokens: world.tokens, load, postmaster: postmasterOf(rows[0].pid), cleanUp, drain }
  try {
    await cleanUp(null)
    return await measureAll({ url, directory, repositories: world.repositories }, bench)
  } finally {
    load.stop()
  }
}

const database = await openWorld(options.large ? LARGE : NORMAL, say)
const interrupted = once(process, 'SIGINT').then(() => {
  throw new Error('interrupted')
})
try {
  const work = (client) => Promise.race([run(client, database), interrupted])
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
