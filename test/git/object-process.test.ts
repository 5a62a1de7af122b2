import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { ObjectProcess } from '../../src/git/object-process.ts'
import { createTemporaryRepository, temporaryDirectory } from '../support/git.ts'
import { createPool, createRepositories, isAlive, watchProcesses } from './pool-world.ts'

describe('the processes', () => {
  test('the processes end when nobody asks for a while, and start again on the next question', async () => {
    const { dir, commits } = await createTemporaryRepository({ commits: 2 })
    const { shas } = createPool({ idleMs: 60 })
    const { started, alive } = await watchProcesses()
    await shas(dir, commits)
    expect(alive()).toHaveLength(1)
    await vi.waitFor(() => expect(alive()).toEqual([]), { timeout: 5000 })
    expect(await shas(dir, commits)).toEqual(commits)
    expect(started()).toHaveLength(2)
  })

  test('the processes are at most as many as allowed, and the least recently used one makes room', async () => {
    const [a, b, c] = await createRepositories(3)
    const { shas } = createPool({ maxProcesses: 2 })
    const { started, alive } = await watchProcesses()
    for (const repository of [a, b, a, c]) await shas(`${repository?.dir}`, repository?.commits ?? [])
    const [ofA, ofB, ofC] = started()
    expect(alive()).toEqual([ofA, ofC])
    expect(isAlive(Number(ofB))).toBe(false)
  })

  test('the processes stay within the bound when more repositories are read at once, and answer all questions', async () => {
    const repositories = await createRepositories(8)
    const { shas } = createPool({ maxProcesses: 2 })
    const { started, alive } = await watchProcesses()
    let most = 0
    const watch = setInterval(() => {
      most = Math.max(most, alive().length)
    }, 1)
    const twice = [...repositories, ...repositories]
    const found = await Promise.all(twice.map(({ dir, commits }) => shas(dir, commits)))
    clearInterval(watch)
    expect(found).toEqual(twice.map(({ commits }) => commits))
    expect(started().length).toBeGreaterThanOrEqual(8)
    expect(most).toBeGreaterThan(0)
    expect(most).toBeLessThanOrEqual(2)
  })

  test('the processes end on close, after they have answered what they were asked', async () => {
    const repositories = await createRepositories(3)
    const { pool, shas } = createPool()
    const { started, alive } = await watchProcesses()
    const reading = Promise.all(repositories.map(({ dir, commits }) => shas(dir, commits)))
    await pool.close()
    expect(await reading).toEqual(repositories.map(({ commits }) => commits))
    expect(started()).toHaveLength(3)
    expect(alive()).toEqual([])
  })

  test('a process is replaced when it was killed while nobody asked', async () => {
    const { dir, commits } = await createTemporaryRepository({ commits: 2 })
    const { shas, log } = createPool()
    const { started, alive } = await watchProcesses()
    await shas(dir, commits)
    process.kill(Number(started()[0]), 'SIGKILL')
    await vi.waitFor(() => expect(alive()).toEqual([]), { timeout: 5000 })
    expect(await shas(dir, commits)).toEqual(commits)
    expect(log.warn).not.toHaveBeenCalled()
  })

  test('a process is replaced when it is killed before it has answered, and the questions are asked again', async () => {
    const { dir, commits } = await createTemporaryRepository({ commits: 500 })
    const { shas, log } = createPool()
    const { started } = await watchProcesses()
    await shas(dir, commits)
    const id = Number(started()[0])
    process.kill(id, 'SIGSTOP')
    const readers = [shas(dir, commits), shas(dir, commits.slice(0, 3)), shas(dir, commits.slice(5))]
    await new Promise((resolve) => setTimeout(resolve, 20))
    process.kill(id, 'SIGKILL')
    expect(await Promise.all(readers)).toEqual([commits, commits.slice(0, 3), commits.slice(5)])
    expect(started()).toHaveLength(2)
    expect(log.warn).not.toHaveBeenCalled()
  })
})

describe('one process', () => {
  test('one process that is killed fails the questions in flight and the later ones', async () => {
    const { dir, commits } = await createTemporaryRepository({ commits: 500 })
    const { started } = await watchProcesses()
    const git = new ObjectProcess(dir)
    await git.read(commits)
    const id = Number(started()[0])
    process.kill(id, 'SIGSTOP')
    const reading = git.read(commits)
    process.kill(id, 'SIGKILL')
    await expect(reading).rejects.toMatchObject({ name: 'GitError', message: 'git cat-file failed: SIGKILL' })
    await expect(git.read(commits)).rejects.toMatchObject({ name: 'GitError' })
    await git.end()
  })

  test('one process fails on a machine without git', async () => {
    vi.stubEnv('PATH', await temporaryDirectory())
    onTestFinished(() => void vi.unstubAllEnvs())
    const git = new ObjectProcess('.')
    await expect(git.read(['0'.repeat(40)])).rejects.toMatchObject({ name: 'GitError', exitCode: null })
    await git.end()
  })
})
