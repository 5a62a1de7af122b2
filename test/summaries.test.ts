import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, inject, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Runs the test files as `.ci/run` does, and gives what it prints last. */
async function printedOf(files: Record<string, string>): Promise<{ lines: string[]; code: number | null }> {
  const folder = await mkdtemp(path.join(inject('scratch'), 'summaries-'))
  await mkdir(path.join(folder, 'test'))
  await mkdir(path.join(folder, 'results'))
  await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'))
  for (const [name, text] of Object.entries(files)) {
    await writeFile(
      path.join(folder, 'test', name),
      `import { beforeAll, describe, expect, test } from 'vitest'\n${text}`,
    )
  }
  const reporter = path.join(root, 'test/support/summary-reporter.ts')
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs')
  const { VITEST: _, ...env } = process.env
  const run = spawnSync(process.execPath, [vitest, 'run', '--retry=1', `--reporter=${reporter}`, '--root', folder], {
    cwd: folder,
    env: { ...env, TEST_SUMMARY: path.join(folder, 'results', 'check.json') },
  })
  if (run.status !== 0) await writeFile(path.join(folder, 'results', 'check.status'), `${run.status}\n`)
  return print(path.join(folder, 'results'))
}

function print(results: string): { lines: string[]; code: number | null } {
  const script = path.join(root, 'test/support/print-summaries.mjs')
  const { stdout, status } = spawnSync(process.execPath, [script, results], { encoding: 'utf8' })
  return { lines: stdout.trimEnd().split('\n'), code: status }
}

test('tests that pass are counted', async () => {
  const { lines, code } = await printedOf({ 'a.test.js': "test('holds', () => {})\ntest('holds, too', () => {})" })
  expect(lines).toEqual(['2 passed, 0 failed'])
  expect(code).toBe(0)
})

test('what passed at a second try is told with its reason, and fails nothing', async () => {
  const text = "let tries = 0\ntest('holds late', () => { expect(++tries).toBe(2) })"
  const { lines, code } = await printedOf({ 'late.test.js': text })
  expect(lines.slice(0, 2)).toEqual([
    'passed at a later try: late.test.js: holds late',
    'AssertionError: expected 1 to be 2 // Object.is equality',
  ])
  expect(lines.at(-1)).toBe('1 passed, 0 failed')
  expect(code).toBe(0)
})

test.each([
  {
    what: 'a test that fails',
    text: "test('is wrong', () => { expect(1).toBe(2) })",
    name: 'failed: a.test.js: is wrong',
    reason: 'AssertionError: expected 1 to be 2',
    count: '0 passed, 1 failed',
  },
  {
    what: 'a hook of a file',
    text: "beforeAll(() => { throw new Error('no world') })\ntest('one', () => {})\ntest('two', () => {})",
    name: 'failed: a.test.js: 2 of its 2 tests did not run',
    reason: 'Error: no world',
    count: '0 passed, 1 failed',
  },
  {
    what: 'a hook of a part of a file',
    text: "describe('a', () => { beforeAll(() => { throw new Error('no world') })\ntest('one', () => {}) })\ntest('two', () => {})",
    name: 'failed: a.test.js: 1 of its 2 tests did not run',
    reason: 'Error: no world',
    count: '1 passed, 1 failed',
  },
  {
    what: 'a file that cannot be loaded',
    text: "throw new Error('not a module')",
    name: 'failed: a.test.js: 0 of its 0 tests did not run',
    reason: 'Error: not a module',
    count: '0 passed, 1 failed',
  },
  {
    what: 'a promise that nobody waits for',
    text: "test('one', async () => { Promise.reject(new Error('unheard')); await new Promise((done) => setTimeout(done, 50)) })",
    name: 'failed: outside of a test',
    reason: 'Error: unheard',
    count: '1 passed, 1 failed',
  },
  {
    what: 'a process that ends',
    text: "test('one', () => { process.kill(process.pid, 'SIGKILL') })",
    name: 'failed: a.test.js: 1 of its 1 tests did not run',
    reason: '',
    count: '0 passed, 2 failed',
  },
])('$what fails the run, by name and with its reason', async ({ text, name, reason, count }) => {
  const { lines, code } = await printedOf({ 'a.test.js': text })
  expect(lines).toContain(name)
  expect(lines.join('\n')).toContain(reason)
  expect(lines.at(-1)).toBe(count)
  expect(code).toBe(1)
})

test('a command that failed without a failed test is told', async () => {
  const results = await mkdtemp(path.join(inject('scratch'), 'summaries-'))
  await writeFile(path.join(results, 'check.status'), '2\n')
  await writeFile(path.join(results, 'test:faults.json'), JSON.stringify({ passed: 3, failed: [], passedLater: [] }))
  const { lines, code } = print(results)
  expect(lines).toEqual(['failed: npm run check', 'It ended with 2, and no test of it failed.', '3 passed, 1 failed'])
  expect(code).toBe(1)
})

test('CI prints what failed in each of its commands', async () => {
  const script = await readFile(path.join(root, '.ci/run'), 'utf8')
  expect(script).not.toMatch(/^\s*npm run (?!"\$1")/m)
})
