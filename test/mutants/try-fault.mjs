// Runs the tests of one copy, in a process of its own: told of a fault that has been put in, it answers what the test said.
import path from 'node:path'
import { createVitest } from 'vitest/node'

const directory = process.cwd()
let vitest = null

/** Ready for the next: to start it takes as long as most tests, so that it stays. */
async function start() {
  vitest ??= await createVitest(
    'test',
    {
      ...{ root: directory, project: 'code', watch: false, bail: 1, reporters: [{}] },
      ...{ testTimeout: LONGEST_MS, hookTimeout: LONGEST_MS, experimental: { fsModuleCache: true } },
    },
    { logLevel: 'silent' },
  )
  return vitest
}

async function stop() {
  await vitest?.close()
  vitest = null
}

/** Above what a test takes on a busy machine. */
const LONGEST_MS = 60_000

/** One that took too long says nothing about the fault. */
const isTimeout = ({ message }) => /timed out in \d+ms/.test(message)

const pattern = (words) => words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** How many tests passed and failed. */
async function runTest({ file, noticedBy, test }) {
  const isMigration = file.startsWith('prisma/')
  // What is made of the migrations is made once, when it starts.
  if (isMigration) await stop()
  const runner = await start()
  runner.invalidateFile(path.join(directory, file))
  if (test === undefined) runner.resetGlobalTestNamePattern()
  else runner.setGlobalTestNamePattern(pattern(test))
  const { testModules } = await runner.runTestSpecifications(await runner.globTestSpecifications([noticedBy]))
  // Those of earlier runs are among them.
  const ran = testModules.filter(({ moduleId }) => moduleId.endsWith(`/${noticedBy}`))
  const tests = ran.flatMap((module) => [...module.children.allTests()])
  const results = tests.map((one) => one.result())
  const passed = results.filter(({ state }) => state === 'passed')
  const failed = results.filter(({ state, errors }) => state === 'failed' && !errors.every(isTimeout))
  if (isMigration) await stop()
  runner.invalidateFile(path.join(directory, file))
  return { passed: passed.length, failed: failed.length }
}

process.on('message', (fault) => {
  runTest(fault).then(
    (counts) => process.send(counts),
    (error) => process.send({ passed: 0, failed: 0, error: String(error) }),
  )
})
process.once('disconnect', () => stop().finally(() => process.exit()))
