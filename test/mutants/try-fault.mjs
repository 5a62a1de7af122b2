// Runs the tests of one copy in a process of its own: it is told which fault has been put in, and answers with the result of
// the test.
import path from 'node:path'
import { createVitest } from 'vitest/node'

const directory = process.cwd()

/** More time than a test takes on a busy machine. */
const LONGEST_MS = 120_000

/** Those whose tests start the built program and what is around it, too. */
const project = ['code', 'process', 'faults']

/** One instance for all faults, because its start takes as long as most tests. */
const starting = createVitest(
  'test',
  {
    ...{ root: directory, project, watch: false, bail: 1, reporters: [{}] },
    ...{ testTimeout: LONGEST_MS, hookTimeout: LONGEST_MS, experimental: { fsModuleCache: true } },
  },
  { logLevel: 'silent' },
)

/** A test that took too long says nothing about the fault. */
const isTimeout = ({ message }) => /timed out in \d+ms/.test(message)

const pattern = (words) => words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

const firstLine = (text) => text.split('\n', 1)[0]

/** How many tests passed and failed, and why the first failed. */
async function runTest({ file, noticedBy, test }) {
  const vitest = await starting
  const changed = path.join(directory, file)
  vitest.invalidateFile(changed)
  if (test === undefined) vitest.resetGlobalTestNamePattern()
  else vitest.setGlobalTestNamePattern(pattern(test))
  const { testModules } = await vitest.runTestSpecifications(await vitest.globTestSpecifications([noticedBy]))
  // The fault is taken out after this.
  vitest.invalidateFile(changed)
  // The results include those of earlier runs.
  const ran = testModules.filter(({ moduleId }) => moduleId.endsWith(`/${noticedBy}`))
  const results = ran.flatMap(({ children }) => [...children.allTests()]).map((one) => one.result())
  const passed = results.filter(({ state }) => state === 'passed')
  const failed = results.filter(({ state, errors }) => state === 'failed' && !errors.every(isTimeout))
  const why = failed.map(({ errors }) => firstLine(errors.find((error) => !isTimeout(error)).message))[0]
  return { passed: passed.length, failed: failed.length, why }
}

process.on('message', (fault) => {
  runTest(fault).then(
    (counts) => process.send(counts),
    (error) => process.send({ passed: 0, failed: 0, error: String(error) }),
  )
})
process.once('disconnect', () => starting.then((vitest) => vitest.close()).finally(() => process.exit()))
