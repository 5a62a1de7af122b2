import { spawnSync } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, inject, test } from 'vitest'

type Printed = { lines: string[]; code: number | null }

const root = fileURLToPath(new URL('..', import.meta.url))

/** Runs the test files as `.ci/run` does, and gives what it prints last. */
async function printedOf(files: Record<string, string>): Promise<Printed> {
  const folder = await mkdtemp(path.join(inject('scratch'), 'summaries-'))
  await mkdir(path.join(folder, '.ci'))
  await mkdir(path.join(folder, 'test/support'), { recursive: true })
  await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'))
  for (const part of ['test/support/summary-reporter.ts', 'test/support/summaries.mjs']) {
    await copyFile(path.join(root, part), path.join(folder, part))
  }
  const script = await readFile(path.join(root, '.ci/run'), 'utf8')
  // Without the commands that install.
  const kept = script.slice(0, script.indexOf('\nnpm ci\n'))
  await writeFile(path.join(folder, '.ci/run'), `${kept}\nrun_tests check\n`)
  const scripts = { check: 'node before.js && vitest run --retry=1' }
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ type: 'module', scripts }))
  await writeFile(path.join(folder, 'before.js'), '')
  for (const [name, text] of Object.entries(files)) {
    const imports = name.startsWith('test/') ? "import { beforeAll, describe, expect, test } from 'vitest'\n" : ''
    await writeFile(path.join(folder, name), imports + text)
  }
  const { VITEST: _, ...env } = process.env
  const { stdout, status } = spawnSync('bash', [path.join(folder, '.ci/run')], { env, encoding: 'utf8' })
  return { lines: stdout.trimEnd().split('\n'), code: status }
}

test('tests that pass are counted', async () => {
  const { lines, code } = await printedOf({ 'test/a.test.js': "test('holds', () => {})\ntest('holds, too', () => {})" })
  expect(lines.at(-1)).toBe('2 passed, 0 failed')
  expect(lines.join('\n')).not.toMatch(/failed: |later try/)
  expect(code).toBe(0)
})

test('what passed at a second try is told with its reason, and fails nothing', async () => {
  const text = "let tries = 0\ntest('holds late', () => { expect(++tries).toBe(2) })"
  const { lines, code } = await printedOf({ 'test/late.test.js': text })
  expect(lines.join('\n')).toContain(
    'passed at a later try: late.test.js: holds late\nAssertionError: expected 1 to be 2 // Object.is equality',
  )
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
    name: 'failed: a.test.js: 2 tests did not run',
    reason: 'Error: no world',
    count: '0 passed, 1 failed',
  },
  {
    what: 'a hook of a part of a file',
    text: "describe('a', () => { beforeAll(() => { throw new Error('no world') })\ntest('one', () => {}) })\ntest('two', () => {})",
    name: 'failed: a.test.js: 1 tests did not run',
    reason: 'Error: no world',
    count: '1 passed, 1 failed',
  },
  {
    what: 'a file that cannot be loaded',
    text: "throw new Error('not a module')",
    name: 'failed: a.test.js: 0 tests did not run',
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
    name: 'failed: a.test.js: 1 tests did not run',
    reason: '',
    count: '0 passed, 2 failed',
  },
])('$what fails the run, by name and with its reason', async ({ text, name, reason, count }) => {
  const { lines, code } = await printedOf({ 'test/a.test.js': text })
  expect(lines).toContain(name)
  expect(lines.join('\n')).toContain(reason)
  expect(lines.at(-1)).toBe(count)
  expect(code).toBe(1)
})

test('a file whose hook failed once is run again, and told', async () => {
  const text = `import { existsSync, writeFileSync } from 'node:fs'
    beforeAll(() => {
      if (existsSync('second')) return
      writeFileSync('second', '')
      throw new Error('no world yet')
    })
    test('one', () => {})`
  const { lines, code } = await printedOf({ 'test/a.test.js': text, 'test/b.test.js': "test('two', () => {})" })
  expect(lines.join('\n')).toContain('passed at a later try: a.test.js: 1 tests did not run\nError: no world yet')
  expect(lines.at(-1)).toBe('2 passed, 0 failed')
  expect(code).toBe(0)
})

test('a command that fails before its tests is told', async () => {
  const { lines, code } = await printedOf({ 'before.js': 'process.exit(2)', 'test/a.test.js': "test('one', () => {})" })
  expect(lines.slice(-3)).toEqual([
    'failed: npm run check',
    'It ended with 2, and no test of it failed.',
    '0 passed, 1 failed',
  ])
  expect(code).toBe(1)
})
