import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findDefaultBranch, listBranches } from '../../src/git/branches.ts'
import { runGit } from '../../src/git/git.ts'
import { createTemporaryRepository, temporaryDirectory } from '../support/git.ts'

test('branches are listed by name with their commit', async () => {
  const branches = ['feature/日本', { name: 'stable', commit: 0 }]
  const { dir, commits } = await createTemporaryRepository({ commits: 2, branches, tags: ['v1'] })
  expect(await listBranches(dir)).toEqual([
    { name: 'feature/日本', sha: commits[1] },
    { name: 'main', sha: commits[1] },
    { name: 'stable', sha: commits[0] },
  ])
})

test('an empty repository has no branch, but the name of its default branch', async () => {
  const { dir } = await createTemporaryRepository({ commits: 0 })
  expect(await listBranches(dir)).toEqual([])
  expect(await findDefaultBranch(dir)).toBe('main')
})

test('the default branch is the branch that HEAD names, also beside a tag of that name', async () => {
  const { dir } = await createTemporaryRepository({ commits: 1, branches: ['release/1.x'], tags: ['release/1.x'] })
  await runGit(dir, ['symbolic-ref', 'HEAD', 'refs/heads/release/1.x'])
  expect(await findDefaultBranch(dir)).toBe('release/1.x')
})

test('a HEAD that names a commit is no default branch', async () => {
  const { dir, commits } = await createTemporaryRepository({ commits: 1 })
  await runGit(dir, ['update-ref', '--no-deref', 'HEAD', `${commits[0]}`])
  expect(await findDefaultBranch(dir)).toBeNull()
})

test('a missing repository fails with a GitError', async () => {
  const missing = join(await temporaryDirectory(), 'none.git')
  await expect(listBranches(missing)).rejects.toMatchObject({ name: 'GitError', exitCode: 128 })
  await expect(findDefaultBranch(missing)).rejects.toMatchObject({ name: 'GitError', exitCode: 128 })
})
