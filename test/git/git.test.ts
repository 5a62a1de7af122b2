import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { GitError, runGit } from '../../src/git/git.ts'
import { createTemporaryRepository, temporaryDirectory } from '../support/git.ts'

function setEnvironment(variables: Record<string, string>) {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
  onTestFinished(() => void vi.unstubAllEnvs())
}

test('a command gives its output', async () => {
  const { dir, commits } = await createTemporaryRepository({ commits: 2 })
  expect(await runGit(dir, ['rev-parse', 'refs/heads/main'])).toBe(`${commits[1]}\n`)
})

test('a command reads its input', async () => {
  const { dir } = await createTemporaryRepository({ commits: 2 })
  const sha = await runGit(dir, ['hash-object', '-w', '--stdin'], { input: 'hello' })
  expect(await runGit(dir, ['cat-file', 'blob', sha.trim()])).toBe('hello')
})

test('a failure says the exit code and what git wrote', async () => {
  const { dir } = await createTemporaryRepository({ commits: 2 })
  const failure = await runGit(dir, ['cat-file', 'blob', 'refs/heads/none']).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(GitError)
  expect(failure).toMatchObject({ exitCode: 128, stderr: expect.stringContaining('Not a valid object name') })
  expect(String(failure)).toMatch(/^GitError: git cat-file failed: fatal: /)
})

test('a missing repository fails with a GitError', async () => {
  const missing = join(await temporaryDirectory(), 'none.git')
  await expect(runGit(missing, ['for-each-ref'])).rejects.toMatchObject({ name: 'GitError', exitCode: 128 })
})

test('a folder inside another repository is not mistaken for it', async () => {
  const { dir } = await createTemporaryRepository({ commits: 2 })
  const inside = join(dir, 'inside')
  await mkdir(inside)
  await expect(runGit(inside, ['for-each-ref'])).rejects.toBeInstanceOf(GitError)
})

test('a machine without git fails with a GitError that has no exit code', async () => {
  setEnvironment({ PATH: await temporaryDirectory() })
  await expect(runGit('.', ['version'])).rejects.toMatchObject({ name: 'GitError', exitCode: null })
})

test('output above the limit ends the command', async () => {
  const { dir } = await createTemporaryRepository({ commits: 2 })
  await expect(runGit(dir, ['for-each-ref'], { maxBuffer: 10 })).rejects.toBeInstanceOf(GitError)
})

test('an input that git does not read to its end is no failure of the server', async () => {
  const { dir } = await createTemporaryRepository({ commits: 2 })
  expect(await runGit(dir, ['version'], { input: Buffer.alloc(4 * 1024 ** 2) })).toMatch(/^git version/)
})

test('a signal ends the command', async () => {
  const { dir } = await createTemporaryRepository({ commits: 2 })
  const abort = new AbortController()
  const running = runGit(dir, ['hash-object', '--stdin-paths'], { signal: abort.signal, input: '' })
  abort.abort()
  await expect(running).rejects.toMatchObject({ name: 'AbortError' })
})

test('environment variables of the server do not lead git to another repository or configuration', async () => {
  const { dir, commits } = await createTemporaryRepository({ commits: 2 })
  const other = await createTemporaryRepository({ commits: 1 })
  setEnvironment({
    GIT_DIR: other.dir,
    GIT_OBJECT_DIRECTORY: join(other.dir, 'objects'),
    GIT_NAMESPACE: 'x',
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_1: 'core.bare',
    GIT_CONFIG_VALUE_1: 'nonsense',
  })
  expect(await runGit(dir, ['rev-list', '--count', 'refs/heads/main'])).toBe('2\n')
  expect(await runGit(dir, ['for-each-ref', '--format=%(objectname)'])).toBe(`${commits[1]}\n`)
})

test('a pushed replacement does not change what a commit shows', async () => {
  const { dir, commits } = await createTemporaryRepository({ commits: 2 })
  const [first = '', second = ''] = commits
  await runGit(dir, ['update-ref', `refs/replace/${first}`, second])
  expect(await runGit(dir, ['cat-file', 'commit', first])).toContain('Commit 0')
})
