import { writeFile } from 'node:fs/promises'
import type { SerializedError } from 'vitest'
import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node'

/** A test, a file or a command, and why it is told of. */
export type Told = { name: string; reason: string }

export type Summary = {
  passed: number
  failed: Told[]
  /** What passed only when it was tried again: it holds a fault of its own, which somebody has to find. */
  passedLater: Told[]
}

/**
 * Writes what a run of tests came to into the file of TEST_SUMMARY, for `.ci/run`. Vitest's own JSON leaves out errors of hooks in a
 * `describe`, errors that no test caused, and why a file's tests did not run.
 */
export default class SummaryReporter implements Reporter {
  async onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): Promise<void> {
    const file = process.env.TEST_SUMMARY
    if (file === undefined) return
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const summary: Summary = {
      passed: tests.filter(hasPassed).length,
      failed: [
        ...tests.filter((test) => test.result().state === 'failed').map(tellOfTest),
        ...modules.flatMap(tellOfFile),
        ...unhandled.map((error) => ({ name: 'outside of a test', reason: reasonOf([error]) })),
      ],
      passedLater: tests.filter((test) => hasPassed(test) && test.diagnostic()?.flaky).map(tellOfTest),
    }
    await writeFile(file, JSON.stringify(summary))
  }
}

const hasPassed = (test: TestCase) => test.result().state === 'passed'

const fileOf = (module: TestModule) => module.moduleId.split('/test/').at(-1) ?? module.moduleId

function tellOfTest(test: TestCase): Told {
  return { name: `${fileOf(test.module)}: ${test.fullName}`, reason: reasonOf(test.result().errors ?? []) }
}

/** A file that could not be loaded, whose hooks failed, or of which tests did not run. */
function tellOfFile(module: TestModule): Told[] {
  const parts: (TestModule | TestSuite)[] = [module, ...module.children.allSuites()]
  const errors = parts.flatMap((part) => part.errors())
  const tests = [...module.children.allTests()]
  const notRun = tests.filter((test) => !['passed', 'failed'].includes(test.result().state)).length
  if (errors.length === 0 && notRun === 0 && tests.length > 0) return []
  return [{ name: `${fileOf(module)}: ${notRun} of its ${tests.length} tests did not run`, reason: reasonOf(errors) }]
}

const reasonOf = (errors: readonly SerializedError[]) =>
  errors
    .flatMap((error) => (error.cause ? [error.cause, error] : [error]))
    .map((error) => error.stack ?? error.message)
    .join('\n')
    .slice(0, 2_000)
