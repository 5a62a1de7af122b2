import { rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runGit } from '../../src/git/git.ts'
import { MAX_OBJECT_BYTES } from '../../src/git/object-parser.ts'
import { createRepository, createTemporaryRepository, temporaryDirectory } from '../support/git.ts'
import { createPool, createRepositories, watchProcesses } from './pool-world.ts'

describe('reading objects', () => {
  test('the reader gives objects in the order of the names, with null for what is missing', async () => {
    const { dir, commits } = await createTemporaryRepository({ commits: 3 })
    const { shas, log } = createPool()
    const [first, second, third] = commits
    expect(await shas(dir, [`${third}`, '0'.repeat(40), `${first}`, `${first}`, `${second}`])).toEqual([
      third,
      undefined,
      first,
      first,
      second,
    ])
    expect(log.warn).not.toHaveBeenCalled()
  })

  test('the reader asks git for nothing but full IDs and commits of full ref names', async () => {
    const { dir, commits } = await createTemporaryRepository({ commits: 1 })
    const { shas } = createPool()
    const sha = `${commits[0]}`
    const refused = [
      `${sha}\n${sha}`,
      `${sha}\n`,
      sha.slice(0, 8),
      'HEAD',
      'refs/heads/main',
      '--batch-all-objects',
      '',
    ]
    const refs = ['main^{commit}', '-x^{commit}', 'refs/heads/main\n^{commit}', 'refs/heads/main@{0}^{commit}']
    expect(await shas(dir, [...refused, ...refs])).toEqual([...refused, ...refs].map(() => undefined))
    expect(await shas(dir, [...refused, sha])).toEqual([...refused.map(() => undefined), sha])
  })

  test('the reader finds the commit behind a branch and an annotated tag', async () => {
    const { dir, commits } = await createTemporaryRepository({
      commits: 2,
      tags: [{ name: 'v1/é', commit: 0, message: 'One' }],
    })
    const { shas } = createPool()
    const names = ['refs/heads/main^{commit}', 'refs/tags/v1/é^{commit}', 'refs/tags/none^{commit}']
    expect(await shas(dir, names)).toEqual([commits[1], commits[0], undefined])
  })

  test('the reader sees what was pushed and packed after the process started', async () => {
    const { dir, commits } = await createTemporaryRepository({ commits: 1 })
    const { shas } = createPool()
    const { started } = await watchProcesses()
    await shas(dir, commits)
    const tree = (await runGit(dir, ['rev-parse', 'refs/heads/main^{tree}'])).trim()
    const env = Object.fromEntries(
      ['AUTHOR', 'COMMITTER'].flatMap((role) => [
        [`GIT_${role}_NAME`, 'Ada Example'],
        [`GIT_${role}_EMAIL`, 'ada@example.com'],
      ]),
    )
    const pushed = (await runGit(dir, ['commit-tree', tree, '-m', 'Pushed'], { env })).trim()
    await runGit(dir, ['update-ref', 'refs/heads/main', pushed])
    expect(await shas(dir, [pushed, 'refs/heads/main^{commit}'])).toEqual([pushed, pushed])
    await runGit(dir, ['update-ref', 'refs/heads/old', `${commits[0]}`])
    await runGit(dir, ['gc', '--quiet', '--prune=now'])
    expect(await shas(dir, [`${commits[0]}`, 'refs/heads/old^{commit}'])).toEqual([commits[0], commits[0]])
    expect(started()).toHaveLength(1)
  })

  test('the reader gives each of many concurrent callers its own answers, from one process', async () => {
    const { dir, commits } = await createTemporaryRepository({ commits: 100 })
    const { shas } = createPool()
    const { started } = await watchProcesses()
    const pages = commits.map((_, at) => commits.slice(at, at + 20))
    expect(await Promise.all(pages.map((page) => shas(dir, page)))).toEqual(pages)
    expect(started()).toHaveLength(1)
  })

  test('the reader answers a huge commit with null and goes on with the next', async () => {
    const { dir, commits } = await createTemporaryRepository({
      commits: ['Small\n', 'x'.repeat(MAX_OBJECT_BYTES), 'Last\n'],
    })
    const { shas, log } = createPool()
    expect(await shas(dir, commits)).toEqual([commits[0], undefined, commits[2]])
    expect(log.warn).not.toHaveBeenCalled()
  })

  test('the reader answers objects beyond 12 MiB at a time with null, and all of them when less is asked for', async () => {
    const large = Array.from({ length: 14 }, (_, at) => `${at}\n\n${'x'.repeat(900_000)}\n`)
    const { dir, commits } = await createTemporaryRepository({ commits: large })
    const { shas } = createPool()
    expect(await shas(dir, commits)).toEqual([...commits.slice(0, 13), undefined])
    expect(await shas(dir, commits.slice(7))).toEqual(commits.slice(7))
  })
})

describe('a repository that cannot be read', () => {
  test('a missing repository gives nulls and one warning, and no git is started for it', async () => {
    const [a] = await createRepositories(1)
    const { pool, log } = createPool()
    const { started } = await watchProcesses()
    expect(await pool.read(`${a?.dir}.none`, a?.commits ?? [])).toEqual([null, null, null])
    expect(log.warn).toHaveBeenCalledOnce()
    expect(started()).toEqual([])
  })

  test('a broken repository gives nulls and one warning, and does not disturb the others', async () => {
    const [broken, sound] = await createRepositories(2)
    const { pool, shas, log } = createPool()
    await rm(join(`${broken?.dir}`, 'HEAD'))
    const both = Promise.all([
      pool.read(`${broken?.dir}`, broken?.commits ?? []),
      shas(`${sound?.dir}`, sound?.commits ?? []),
    ])
    expect(await both).toEqual([[null, null, null], sound?.commits])
    expect(log.warn).toHaveBeenCalledOnce()
  })

  test('a broken repository is read again as soon as it is repaired', async () => {
    const dir = join(await temporaryDirectory(), 'late.git')
    const { shas } = createPool()
    expect(await shas(dir, ['0'.repeat(40)])).toEqual([undefined])
    const { commits } = await createRepository(dir, { commits: 2 })
    expect(await shas(dir, commits)).toEqual(commits)
  })

  test('a damaged object does not fail the query', async () => {
    const { dir, commits } = await createTemporaryRepository({ commits: 2 })
    const { shas } = createPool()
    const sha = `${commits[1]}`
    const objects = join(dir, 'objects', sha.slice(0, 2))
    await rm(join(objects, sha.slice(2)))
    await writeFile(join(objects, sha.slice(2)), 'damaged')
    expect((await shas(dir, commits))[1]).toBeUndefined()
    await truncate(join(objects, sha.slice(2)), 0)
    expect((await shas(dir, commits))[1]).toBeUndefined()
    expect(await shas(dir, commits.slice(0, 1))).toEqual(commits.slice(0, 1))
  })
})
