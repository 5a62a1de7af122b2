import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { createRepositories } from '../../src/git/open-repositories.ts'
import { createRepository, temporaryDirectory } from '../support/git.ts'

const log = pino({ level: 'silent' })

/** The repositories of a server, of which number 1 exists. */
async function serverRepositories() {
  const directory = await temporaryDirectory()
  const { commits } = await createRepository(join(directory, '1.git'), { commits: 2 })
  const repositories = createRepositories({ directory, log })
  onTestFinished(() => repositories.close())
  return { repositories, directory, first: `${commits[0]}`, second: `${commits[1]}` }
}

test('a commit that was read is not asked of git again, and another commit or another repository is', async () => {
  const { repositories, directory, first, second } = await serverRepositories()
  const before = await repositories.commits(1, [first])
  expect(before.get(first)?.title).toBe('Commit 0')
  await repositories.close()
  await rm(join(directory, '1.git'), { recursive: true })
  expect(await repositories.commits(1, [first, second])).toEqual(before)
  expect(await repositories.commits(2, [first])).toEqual(new Map())
})

test('a commit that could not be read is asked for again', async () => {
  const { repositories, directory, first } = await serverRepositories()
  expect((await repositories.commits(3, [first])).size).toBe(0)
  await createRepository(join(directory, '3.git'), { commits: 2 })
  expect((await repositories.commits(3, [first])).get(first)?.sha).toBe(first)
})

test('a commit that must make room while others are read is still given', async () => {
  const directory = await temporaryDirectory()
  const large = Array.from({ length: 12 }, (_, at) => `Commit ${at}\n\n${'x'.repeat(900_000)}\n`)
  const { commits } = await createRepository(join(directory, '1.git'), { commits: large })
  const repositories = createRepositories({ directory, log })
  onTestFinished(() => repositories.close())
  const [first = '', second = '', ...others] = commits
  await repositories.commits(1, [first])
  const crowd = repositories.commits(1, others)
  const found = await repositories.commits(1, [first, second])
  expect([...found.keys()].sort()).toEqual([first, second].sort())
  expect((await crowd).size).toBe(others.length)
})
