// Records the plan of every statement that the server sends, as PostgreSQL has run it on the large data set.
import { withClient } from './database.mjs'
import { readAll, writeAll } from './front-end-operations.mjs'
import { intended } from './intended-indexes.mjs'
import { withMaintainer } from './maintainer.mjs'
import { requestOf } from './queries.mjs'
import { table } from './report.mjs'
import { openRecorder } from './statement-proxy.mjs'
import { ask, start, subjects } from './subjects.mjs'
import { cleanUp, drain } from './writes.mjs'

/** Tables with fewer rows may be read whole, because they are nearly empty. */
const SMALL = 400

const LARGE = `
  SELECT t.relname AS name, i.relname AS index FROM pg_index
  JOIN pg_class t ON t.oid = indrelid JOIN pg_class i ON i.oid = indexrelid
  WHERE t.relnamespace = 'public'::regnamespace AND t.reltuples >= $1`

async function findLarge(client) {
  const { rows } = await client.query(LARGE, [SMALL])
  return { tables: new Set(rows.map(({ name }) => name)), indexes: new Set(rows.map(({ index }) => index)) }
}

const flatten = (step) => [step, ...(step.Plans ?? []).flatMap(flatten)]
const rowsOf = (step) => step['Actual Rows'] * step['Actual Loops']
const removedBy = (step) =>
  ((step['Rows Removed by Filter'] ?? 0) + (step['Rows Removed by Index Recheck'] ?? 0)) * step['Actual Loops']

/** The problems of a plan whose steps may each read so many rows. Every row that is read must be needed. */
function faultsOf(steps, tables, most) {
  return steps.flatMap((step) => {
    const on = step['Relation Name']
    if (!tables.has(on)) return []
    if (step['Node Type'] === 'Seq Scan') return [`${on} is read whole`]
    const read = rowsOf(step) + removedBy(step)
    return read > most ? [`${read} rows of ${on} are read by ${step['Index Name']}`] : []
  })
}

function otherIndexes(used, expected) {
  const more = used.filter((index) => !expected.includes(index)).map((index) => `${index} is used`)
  const less = expected.filter((index) => !used.includes(index)).map((index) => `${index} is not used`)
  return [...more, ...less]
}

/** The used indexes of large tables, and the problems of the plans of an operation on so many releases. */
function judge({ name, rows = 1 }, plans, large) {
  const steps = plans.flatMap(({ Plan }) => flatten(Plan))
  const used = new Set(steps.map((step) => step['Index Name']).filter((index) => large.indexes.has(index)))
  const indexes = [...used].sort()
  // Each release has up to three links, and rows of its project are read once more for the access of the viewer.
  const most = 10 * rows + 10
  const faults = [...faultsOf(steps, large.tables, most), ...otherIndexes(indexes, intended[name] ?? [])]
  return { indexes, faults }
}

const refused = (data) => Object.values(data).flatMap((payload) => payload?.errors ?? [])

/** Returns the function that sends an operation and explains it. The creation of a release includes its job. */
function explainer({ running, recorder, client, tokens, large }, { indexesOf, faults }) {
  return async (operation) => {
    recorder.take()
    const { data } = await ask(running, requestOf(operation, running, tokens))
    if (refused(data).length > 0) throw new Error(`${operation.name}: ${refused(data)}`)
    if (operation.writes) await drain(client, running)
    const judged = judge(operation, recorder.take(), large)
    indexesOf.set(operation.name, judged.indexes)
    faults.push(...judged.faults.map((fault) => `${operation.name} (${operation.viewer}): ${fault}`))
    return data
  }
}

async function sendAll({ cases, placed }, site, explained) {
  const { client, running, world } = site
  await withMaintainer(client, async (maintainer) => {
    const tokens = { ...world.tokens, maintainer }
    const send = explainer({ ...site, tokens, large: await findLarge(client) }, explained)
    for (const query of cases) {
      const asked = await placed(query, { running, world })
      await send({ ...asked, name: query.name.replace(' deep', ''), rows: asked.variables.first })
    }
    await readAll(send, world)
    await writeAll(send)
  }).finally(() => cleanUp(client, running))
}

/** A table of the used indexes. Throws when they are not the intended ones, or when too many rows are read. */
export async function explainAll({ world, url, database }, cases, placed) {
  const recorder = await openRecorder(url)
  const subject = subjects.find(({ name }) => name === 'waybill-uncached')
  const parts = { url: recorder.url, directory: database.directory, repositories: world.repositories }
  const running = await start(subject, parts)
  const indexesOf = new Map()
  const faults = []
  await withClient(url, (client) =>
    sendAll({ cases, placed }, { client, running, recorder, world }, { indexesOf, faults }),
  )
  await running.stop()
  recorder.close()
  faults.push(...Object.keys(intended).flatMap((name) => (indexesOf.has(name) ? [] : [`${name} was not asked`])))
  if (faults.length > 0) throw new Error(`On the large data set:\n${[...new Set(faults)].join('\n')}`)
  const rows = [...indexesOf].map(([name, indexes]) => [name, indexes.map((index) => `\`${index}\``).join(', ')])
  return `\n${table(['operation', 'indexes of large tables'], rows)}\n`
}
