// Tests the tests: puts one small fault at a time into a copy of this working tree, and runs the test that must fail then.
// Prints what nobody noticed, and exits with 1 when there is any. Options: --list, --only <words in a fault or a file>.
import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { chmod, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { startEmbeddedPostgres } from '../../dist/database/embedded-postgres.js'
import { copyTree, putIn } from './copies.mjs'
import { readFaults, root } from './lists.mjs'

const AT_ONCE = 2
/** Tests of one file take seconds. */
const LONGEST_MS = 180_000
/** Nothing in these databases outlives the run. */
const SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  max_connections: '300',
}

const { values: options } = parseArgs({ options: { only: { type: 'string' }, list: { type: 'boolean' } } })

const shown = ({ file, fault }) => `${file}: ${fault}`
const wanted = readFaults().filter((fault) => JSON.stringify(fault).includes(options.only ?? ''))
if (options.list) {
  for (const fault of wanted) console.log(shown(fault))
  console.log(`${wanted.length} faults`)
  process.exit()
}

const folder = mkdtempSync(path.join(tmpdir(), 'waybill-mutants-'))
// Root runs PostgreSQL as another user, who must be able to enter.
await chmod(folder, 0o755)
// Stops what runs in the folder and removes it, however this process ends.
const cleanUp = path.join(root, 'test', 'support', 'clean-up.mjs')
spawn(process.execPath, [cleanUp, folder, '', ''], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] }).unref()

async function startDatabase() {
  if (process.env.TEST_DATABASE_URL) return process.env.TEST_DATABASE_URL
  const log = pino({ level: 'silent' })
  return (await startEmbeddedPostgres({ dataDir: path.join(folder, 'server'), log, settings: SETTINGS })).url
}

const pattern = (words) => words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** What vitest says of the test: its report, or null when there is none. */
async function runTest(directory, { noticedBy, test }, databaseUrl) {
  const report = path.join(directory, 'report.json')
  await rm(report, { force: true })
  const chosen = test === undefined ? [noticedBy] : [noticedBy, '-t', pattern(test)]
  const how = [
    '--project=code',
    '--bail=1',
    '--experimental.fsModuleCache',
    '--reporter=json',
    `--outputFile=${report}`,
  ]
  const vitest = spawn(path.join(root, 'node_modules', '.bin', 'vitest'), ['run', ...how, ...chosen], {
    cwd: directory,
    env: { ...process.env, TEST_DATABASE_URL: databaseUrl },
    stdio: 'ignore',
    timeout: LONGEST_MS,
  })
  await new Promise((resolve) => vitest.once('close', resolve))
  return readFile(report, 'utf8').then(JSON.parse, () => null)
}

/** A test must have failed: that nothing could be run, or that nothing was, notices no fault. */
function verdictOf(report) {
  if (report === null) return 'nothing was run'
  if (report.numFailedTests > 0) return 'noticed'
  return report.numPassedTests > 0 ? 'UNNOTICED' : 'no test was run'
}

async function tryFault(directory, fault, databaseUrl) {
  const takeOut = putIn(directory, fault)
  const start = performance.now()
  try {
    const verdict = verdictOf(await runTest(directory, fault, databaseUrl))
    console.log(`${verdict} (${((performance.now() - start) / 1000).toFixed(1)} s) ${shown(fault)}`)
    return verdict === 'noticed'
  } finally {
    takeOut()
  }
}

const begin = performance.now()
const databaseUrl = await startDatabase()
const waiting = [...wanted]
const unnoticed = []
const workers = Array.from({ length: AT_ONCE }, async (_, at) => {
  const directory = copyTree(path.join(folder, `copy-${at}`))
  for (let fault = waiting.shift(); fault; fault = waiting.shift()) {
    if (!(await tryFault(directory, fault, databaseUrl))) unnoticed.push(fault)
  }
})
await Promise.all(workers)

console.log(`\nNobody noticed: ${unnoticed.length === 0 ? 'none' : ''}`)
for (const fault of unnoticed) console.log(`- ${shown(fault)}`)
const minutes = ((performance.now() - begin) / 60_000).toFixed(1)
console.log(`${wanted.length} faults, ${wanted.length - unnoticed.length} noticed, ${minutes} min`)
process.exit(unnoticed.length > 0 || wanted.length === 0 ? 1 : 0)
