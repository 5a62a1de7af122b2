import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { SerializedError } from 'vitest'
import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node'

/** A test or a file, and why it is told of. */
type Told = { name: string; reason: string }

/** What a test file came to. */
export type Summary = {
  file: string
  passed: number
  failed: Told[]
  /** What passed only when it was tried again: it holds a fault of its own, which somebody has to find. */
  passedLater: Told[]
  /** No test failed, but some did not run, because of a hook. Vitest tries tests again, and hooks not. */
  mayRunAgain: boolean
}

/**
 * Writes a summary of each test file into the folder of TEST_SUMMARIES, for `.ci/run`. A file that runs again replaces its summary.
 * Vitest's own JSON leaves out errors of hooks in a `describe`, errors that no test caused, and why a file's tests did not run.
 */
export default class SummaryReporter implements Reporter {
  async onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): Promise<void> {
    const folder = process.env.TEST_SUMMARIES
    if (folder === undefined) return
    await mkdir(folder, { recursive: true })
    for (const module of modules) await write(folder, summaryOf(module))
    if (unhandled.length > 0) {
      const failed = unhandled.map((error) => ({ name: 'outside of a test', reason: reasonOf([error]) }))
      await write(folder, { file: 'outside', passed: 0, failed, passedLater: [], mayRunAgain: false })
    }
  }
}

async function write(folder: string, summary: Summary): Promise<void> {
  const file = path.join(folder, `${encodeURIComponent(summary.file)}.json`)
  const before = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as Summary,
    () => null,
  )
  const passedLater = before ? [...summary.passedLater, ...before.failed] : summary.passedLater
  await writeFile(file, JSON.stringify({ ...summary, passedLater: summary.failed.length > 0 ? [] : passedLater }))
}

function summaryOf(module: TestModule): Summary {
  const tests = [...module.children.allTests()]
  const passed = tests.filter((test) => test.result().state === 'passed')
  const failed = tests.filter((test) => test.result().state === 'failed')
  const notRun = tellOfNotRun(module, tests.length - passed.length - failed.length)
  return {
    file: `test/${nameOf(module)}`,
    passed: passed.length,
    failed: [...failed.map(tellOfTest), ...notRun],
    passedLater: passed.filter((test) => test.diagnostic()?.flaky).map(tellOfTest),
    mayRunAgain: failed.length === 0 && notRun.length > 0,
  }
}

const nameOf = (module: TestModule) => module.moduleId.split('/test/').at(-1) ?? module.moduleId

function tellOfTest(test: TestCase): Told {
  return { name: `${nameOf(test.module)}: ${test.fullName}`, reason: reasonOf(test.result().errors ?? []) }
}

/** Of a file that could not be loaded, whose hooks failed, or of which tests did not run. */
function tellOfNotRun(module: TestModule, count: number): Told[] {
  const parts: (TestModule | TestSuite)[] = [module, ...module.children.allSuites()]
  const errors = parts.flatMap((part) => part.errors())
  if (errors.length === 0 && count === 0 && module.children.size > 0) return []
  return [{ name: `${nameOf(module)}: ${count} tests did not run`, reason: reasonOf(errors) }]
}

const reasonOf = (errors: readonly SerializedError[]) =>
  errors
    .flatMap((error) => (error.cause ? [error.cause, error] : [error]))
    .map((error) => error.stack ?? error.message)
    .join('\n')
    .slice(0, 2_000)
