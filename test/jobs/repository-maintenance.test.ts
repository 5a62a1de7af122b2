import { mkdtemp, readdir, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, inject, test, vi } from 'vitest'
import { db } from '../../src/database/db.ts'
import type { Project } from '../../src/generated/prisma/client.ts'
import { runGit } from '../../src/git/git.ts'
import { createMetrics } from '../../src/http/metrics.ts'
import { requestRepositoryMaintenance } from '../../src/jobs/repository-maintenance.ts'
import { useApp } from '../support/app.ts'
import * as create from '../support/factories.ts'
import { createRepository } from '../support/git.ts'
import { work } from './job-world.ts'

const app = useApp()

async function createProject() {
  const project = await create.createProject()
  const repository = app.repositories.directory(project.id)
  await createRepository(repository, { commits: 2 })
  return { project, repository }
}

/** Adds objects that git has not packed and to which no ref leads. */
async function addLooseObjects(repository: string, many: number): Promise<string[]> {
  const folder = await mkdtemp(path.join(inject('scratch'), 'loose-'))
  const files = Array.from({ length: many }, (_, at) => path.join(folder, String(at)))
  for (const file of files) await writeFile(file, file)
  const ids = await runGit(repository, ['hash-object', '-w', '--stdin-paths'], { input: `${files.join('\n')}\n` })
  return ids.trim().split('\n')
}

/** What is recorded about a project after its turn. */
async function careFor({ id: projectId }: Project) {
  await requestRepositoryMaintenance()
  await work(app)
  return vi.waitFor(() => db.repositoryCheck.findUniqueOrThrow({ where: { projectId } }), {
    timeout: 12_000,
    interval: 50,
  })
}

const loose = async (repository: string) =>
  Number(/^count: (\d+)$/m.exec(await runGit(repository, ['count-objects', '-v']))?.[1])

test('a repository with many loose objects is packed, and unreachable objects stay', async () => {
  const { project, repository } = await createProject()
  const [unreachable = ''] = await addLooseObjects(repository, 510)
  expect(await careFor(project)).toMatchObject({ problem: null })
  expect(await loose(repository)).toBe(0)
  expect(await runGit(repository, ['cat-file', '-t', unreachable])).toBe('blob\n')
})

test('a lock that was left behind is removed, and a lock that is held stays', async () => {
  const { project, repository } = await createProject()
  const [stale, held] = ['packed-refs.lock', 'HEAD.lock'].map((name) => path.join(repository, name)) as [string, string]
  for (const file of [stale, held]) await writeFile(file, '')
  await utimes(stale, new Date(), new Date(Date.now() - 61_000))
  await careFor(project)
  const files = await readdir(repository)
  expect(files).not.toContain(path.basename(stale))
  expect(files).toContain(path.basename(held))
})

test('a repository that has lost an object is counted in the metrics and named in the log', async () => {
  const { project, repository } = await createProject()
  const tree = (await runGit(repository, ['rev-parse', 'main^{tree}'])).trim()
  await runGit(repository, ['repack', '-a', '-d', '-q'])
  const packs = path.join(repository, 'objects', 'pack')
  for (const name of await readdir(packs)) if (name.endsWith('.pack')) await writeFile(path.join(packs, name), 'PACK')
  expect(tree).toHaveLength(40)
  const { problem } = await careFor(project)
  expect(problem).not.toBeNull()
  expect(await createMetrics().print()).toMatch(/^waybill_repositories_damaged [1-9]/m)
})

test('a project whose turn was today is not checked again, nor twice while it waits', async () => {
  const { project } = await createProject()
  const waiting = () => db.$queryRaw<unknown[]>`
    SELECT FROM graphile_worker._private_jobs WHERE (payload ->> 'projectId')::int = ${project.id}`
  await requestRepositoryMaintenance()
  await requestRepositoryMaintenance()
  expect(await waiting()).toHaveLength(1)
  await careFor(project)
  await requestRepositoryMaintenance()
  expect(await waiting()).toHaveLength(0)
})
