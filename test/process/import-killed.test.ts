import { randomInt } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { runGit } from '../../src/git/git.ts'
import { createRepositories } from '../../src/git/open-repositories.ts'
import { contentsOf } from '../modules/imports/import-world.ts'
import * as create from '../support/factories.ts'
import { createRepository } from '../support/git.ts'
import { ask } from '../support/server-process.ts'
import { createJobProject } from './job-project.ts'
import { serve, until } from './serve-world.ts'

const RELEASES = 60
/** The longest time from the beginning of an attempt to its kill. The import takes several times as long. */
const LONGEST_MS = 900

/** A project of which every kind of thing comes along. */
async function createSource(repositoriesDir: string) {
  const project = await create.createProject({ visibility: 'private' })
  const repositories = createRepositories({ directory: repositoriesDir, log: pino({ level: 'silent' }) })
  const directory = (id: number) => repositories.directory(id)
  const names = Array.from({ length: RELEASES }, (_, n) => `v1.${n}.0`)
  const { tags } = await createRepository(directory(project.id), { commits: 3, tags: names, branches: ['topic'] })
  for (const [n, tag] of names.entries()) {
    const milestone = await create.createMilestone({ projectId: project.id }, { title: `M${n}`, state: 'closed' })
    await create.createIssue(project, { milestoneId: milestone.id, state: n % 2 ? 'closed' : 'opened' })
    const releasedAt = new Date(Date.UTC(2024, 0, n + 1))
    const values = { tag, sha: tags[tag] ?? null, name: `Release ${n}`, description: `Notes of ${tag}`, releasedAt }
    const release = await create.createRelease(project, values)
    await create.createLink(release, { name: 'manual', url: `https://docs.example.com/${tag}`, filepath: '/manual' })
    await create.attachMilestone(release, milestone)
  }
  await db.protectedTag.create({
    data: { projectId: project.id, name: 'v*', accessLevels: { create: [{ accessLevel: 40 }] } },
  })
  return { project, directory }
}

const refsOf = (directory: string) => runGit(directory, ['for-each-ref', '--format=%(refname) %(objectname)'])

test('an import that is killed at random again and again ends as if it had never been killed', async () => {
  const { env } = await createJobProject()
  const { project: source, directory } = await createSource(env.REPOSITORIES_DIR ?? '')
  const target = await create.createProject()
  const user = await create.createUser()
  for (const project of [source, target]) await create.addMember({ project }, user, 'maintainer')
  const token = await create.tokenFor(user)
  const allowed = { ...env, RATE_LIMITS: 'off', ALLOWED_PRIVATE_ADDRESSES: '127.0.0.1,::1' }
  const server = serve(allowed, ['serve', '--no-worker'])
  const url = await server.listening()
  const input = `{ projectPath: "${target.fullPath}", url: "${url}", sourcePath: "${source.fullPath}", kind: GITLAB, token: "${token}" }`
  const begun = await ask(url, `mutation { projectImport(input: ${input}) { errors } }`, token)
  expect(begun).toEqual({ data: { projectImport: { errors: [] } } })

  const stateOf = async () => (await db.projectImport.findUniqueOrThrow({ where: { projectId: target.id } })).state
  const isEnded = async () => ['finished', 'failed'].includes(await stateOf())
  let kills = 0
  for (let attempt = 0; !(await isEnded()); attempt++) {
    const { seenAt } = await db.projectImport.findUniqueOrThrow({ where: { projectId: target.id } })
    const worker = serve(allowed, ['worker', '--concurrency', '1'])
    const wasSeen = async () =>
      (await db.projectImport.count({ where: { projectId: target.id, seenAt: { gt: seenAt } } })) > 0
    await until(wasSeen, 60)
    // The last attempts have the time that they need.
    if (attempt < 12) await setTimeout(randomInt(LONGEST_MS))
    else await until(isEnded, 120)
    if (!(await isEnded())) kills += 1
    worker.kill('SIGKILL')
    await worker.ended
  }

  expect(kills).toBeGreaterThan(2)
  expect(await db.projectImport.findUniqueOrThrow({ where: { projectId: target.id } })).toMatchObject({
    ...{ state: 'finished', error: null, token: null },
    progress: { left: [], leftCount: 0 },
  })
  expect(await contentsOf(target)).toEqual(await contentsOf(source))
  expect(await refsOf(directory(target.id))).toBe(await refsOf(directory(source.id)))
}, 400_000)
