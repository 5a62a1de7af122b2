// Tests the tests: puts one small fault at a time into a copy of this working tree, and runs the test that must fail then.
// Prints the faults that no test noticed, and exits with 1 when there are any. Options: --list, --only <words in a fault, its file or its list>.
import { fork, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { startEmbeddedPostgres } from '../../dist/database/embedded/embedded-postgres.js'
import { copyTree, putIn } from './copies.mjs'
import { readFaults, root } from './lists.mjs'

const AT_ONCE = 2
/** The tests of one file take seconds, or minutes where whole servers are restarted. */
const LONGEST_MS = 400_000
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

/** These tests start programs, which are built first. */
const startsPrograms = ({ noticedBy }) => /^test\/(?:faults|process)\//.test(noticedBy)

// They would fail without a fault, too, and every fault would count as noticed.
if (wanted.some(({ noticedBy }) => noticedBy.startsWith('test/faults/')) && process.getuid() !== 0) {
  throw new Error('The tests of test/faults need root: name other faults with --only')
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

/** Starts a process that runs the tests of a copy. */
function startTests(directory, databaseUrl) {
  const env = { ...process.env, TEST_DATABASE_URL: databaseUrl }
  return fork(path.join(directory, 'test', 'mutants', 'try-fault.mjs'), { cwd: directory, env, stdio: 'ignore' })
}

/** A fault is noticed only when a test fails. A run without tests notices nothing. */
function verdictOf({ passed, failed, error }) {
  if (failed > 0) return 'noticed'
  return passed > 0 ? 'UNNOTICED' : (error ?? 'no test was run')
}

/** Null when the run hangs or has broken down. */
async function ask(tests, fault) {
  const answered = new AbortController()
  const { signal } = answered
  tests.send(fault)
  const answers = [
    once(tests, 'message', { signal }),
    once(tests, 'exit', { signal }),
    setTimeout(LONGEST_MS, [null], { signal }),
  ]
  const [answer] = await Promise.race(answers)
  answered.abort()
  for (const late of answers) late.catch(() => {})
  return answer?.passed === undefined ? null : answer
}

/** Builds the copy beforehand, because programs that are started at the same time would build it at the same time. */
function build(directory) {
  const script = path.join(directory, 'scripts', 'build.mjs')
  const { status } = spawnSync(process.execPath, [script, '--if-stale'], { cwd: directory })
  if (status !== 0) throw new Error('A copy with a fault could not be built')
}

async function tryFault(directory, tests, fault) {
  const takeOut = putIn(directory, fault)
  const start = performance.now()
  if (startsPrograms(fault)) build(directory)
  const counts = await ask(tests, fault)
  takeOut()
  const verdict = counts === null ? 'HUNG' : verdictOf(counts)
  console.log(`${verdict} (${((performance.now() - start) / 1000).toFixed(1)} s) ${shown(fault)}`)
  if (counts?.why) console.log(`  ${counts.why}`)
  return verdict
}

/**
 * A fault in a migration needs a new process, because the database that each test file clones is made once, when the process
 * starts.
 */
const isMigration = ({ file }) => file.startsWith('prisma/')

async function tryFaults(directory, databaseUrl) {
  let tests = null
  const end = () => {
    if (tests?.connected) tests.disconnect()
    tests = null
  }
  for (let fault = waiting.shift(); fault; fault = waiting.shift()) {
    if (isMigration(fault)) end()
    tests ??= startTests(directory, databaseUrl)
    const verdict = await tryFault(directory, tests, fault)
    if (verdict !== 'noticed') unnoticed.push(fault)
    if (verdict === 'HUNG') tests.kill('SIGKILL')
    if (verdict === 'HUNG' || isMigration(fault)) end()
  }
  end()
}

const begin = performance.now()
const databaseUrl = await startDatabase()
const waiting = [...wanted]
const unnoticed = []
const copies = Array.from({ length: AT_ONCE }, (_, at) => copyTree(path.join(folder, `copy-${at}`)))
await Promise.all(copies.map((directory) => tryFaults(directory, databaseUrl)))

console.log(`\nNobody noticed: ${unnoticed.length === 0 ? 'none' : ''}`)
for (const fault of unnoticed) console.log(`- ${shown(fault)}`)
const minutes = ((performance.now() - begin) / 60_000).toFixed(1)
console.log(`${wanted.length} faults, ${wanted.length - unnoticed.length} noticed, ${minutes} min`)
process.exit(unnoticed.length > 0 || wanted.length === 0 ? 1 : 0)
