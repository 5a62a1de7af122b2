// How PostgreSQL reads what a query asks for, on the large data set: every statement, explained with its values.
import { escapeLiteral } from 'pg'
import { withClient } from './database.mjs'
import { requestOf } from './queries.mjs'
import { table } from './report.mjs'
import { openRecorder } from './statement-proxy.mjs'
import { ask, start, subjects } from './subjects.mjs'

/** Tables below are read whole with reason: there is next to nothing in them. */
const SMALL = 1000

const flatten = (step) => [step, ...(step.Plans ?? []).flatMap(flatten)]
const rowsOf = (step) => step['Actual Rows'] * step['Actual Loops']
const removedBy = (step) =>
  ((step['Rows Removed by Filter'] ?? 0) + (step['Rows Removed by Index Recheck'] ?? 0)) * step['Actual Loops']

/** By a plan that was made without the values, as Waybill has it. */
async function explain(client, { text, values }) {
  await client.query('SET plan_cache_mode = force_generic_plan')
  await client.query(`PREPARE explained AS ${text}`)
  const given = values.map((value) => (value === null ? 'NULL' : escapeLiteral(value))).join(', ')
  const { rows } = await client.query(`EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE explained${given && `(${given})`}`)
  await client.query('DEALLOCATE explained')
  return flatten(rows[0]['QUERY PLAN'][0].Plan)
}

/** What is wrong with the plan of a page of so many releases; every row that was read must be needed for it. */
function faultsOf(steps, large, most) {
  return steps.flatMap((step) => {
    const on = step['Relation Name']
    if (!large.has(on)) return []
    if (step['Node Type'] === 'Seq Scan') return [`${on} is read whole`]
    const read = rowsOf(step) + removedBy(step)
    return read > most ? [`${read} rows of ${on} are read by ${step['Index Name']}`] : []
  })
}

async function explainQuery(client, statements, large, most) {
  const indexes = new Set()
  const faults = []
  for (const statement of statements.filter(({ text }) => /^\s*(SELECT|WITH)/i.test(text))) {
    const steps = await explain(client, statement)
    for (const step of steps) if (step['Index Name']) indexes.add(step['Index Name'])
    faults.push(...faultsOf(steps, large, most))
  }
  return { indexes: [...indexes].sort(), faults }
}

const LARGE_TABLES = `SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > $1`

/** A table of the indexes that each query is read by; throws when one reads a large table whole, or more than its page. */
export async function explainAll({ world, url, database }, cases, placed) {
  const recorder = await openRecorder(url)
  const subject = subjects.find(({ name }) => name === 'waybill-uncached')
  const command = [...subject.command, '--no-worker']
  const parts = { url: recorder.url, directory: database.directory, repositories: world.repositories }
  const running = await start({ ...subject, command }, parts)
  const rows = []
  const all = []
  await withClient(url, async (client) => {
    const found = await client.query(LARGE_TABLES, [SMALL])
    const large = new Set(found.rows.map(({ relname }) => relname))
    for (const query of cases) {
      const asked = await placed(query, { running, world })
      recorder.take()
      await ask(running, requestOf(asked, running, world.tokens))
      // Each release has up to three links, and rows of its project are looked up once more for who may see it.
      const most = 10 * (asked.variables.first ?? 1) + 10
      const { indexes, faults } = await explainQuery(client, recorder.take(), large, most)
      rows.push([query.name, indexes.map((name) => `\`${name}\``).join(', ')])
      all.push(...faults.map((fault) => `${query.name}: ${fault}`))
    }
  })
  await running.stop()
  recorder.close()
  if (all.length > 0) throw new Error(`On the large data set:\n${all.join('\n')}`)
  return `\n${table(['query', 'indexes'], rows)}\n`
}
